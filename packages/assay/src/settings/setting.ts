import { z } from "zod"
import { milliseconds } from "@assay/core"
import type { Duration } from "@assay/core"

/** What people are told about one setting. Documents, `.env.example` and error messages are made of it. */
export interface SettingDescription {
  /** Whole sentences: what it does. */
  readonly about: string
  /** Completes "… must be": `a whole number from 0 to 65535`. */
  readonly accepts: string
  readonly group: SettingGroup
  /** What happens while it is not set, where that is not a value: `<data folder>/mirrors`. */
  readonly otherwise?: string
  /** A value to show in `.env.example` when there is no default. */
  readonly example?: string
  /** The flag of `assay serve` that says the same. */
  readonly flag?: string
  /** Its value is never shown, not even to say what is wrong with it. */
  readonly secret?: boolean
}

export type SettingGroup = "Server" | "Data" | "Redis" | "Work" | "Potpie" | "Access" | "Git" | "Logs"

/** Descriptions by schema. A registry of ours, because zod's own is shared by everybody in the process. */
export const descriptions = z.registry<SettingDescription>()

/** The schemas below read text and say what they accept; a setting that is not there takes `otherwise`, or stays absent. */
export type Reader<Value> = z.ZodType<Value, string>

/** A setting that may be absent. */
export function optional<Value>(reader: Reader<Value>, description: SettingDescription) {
  return reader.optional().register(descriptions, description)
}

/** A setting with a default, which is written as a user would write it. */
export function withDefault<Value>(reader: Reader<Value>, text: string, description: SettingDescription) {
  return reader.prefault(text).register(descriptions, description)
}

/** Reads with `parse`, which returns `undefined` or throws for text that does not fit. */
export function reading<Value>(parse: (text: string) => Value | undefined): Reader<Value> {
  return z.string().transform((text, context) => {
    let value: Value | undefined
    let reason: string | undefined
    try {
      value = parse(text)
    } catch (error) {
      reason = (error as Error).message
    }
    if (value !== undefined) return value
    context.addIssue({ code: "custom", params: { reason }, input: text })
    return z.NEVER
  })
}

export const text = (): Reader<string> => reading((value) => value)

export const wholeNumber = (least: number, most = Number.MAX_SAFE_INTEGER): Reader<number> =>
  reading((value) => {
    const number = /^\d+$/.test(value) ? Number(value) : NaN
    return number >= least && number <= most ? number : undefined
  })

/** `all`, or what `reader` reads. */
export const allOr = <Value>(reader: Reader<Value>): Reader<Value | "all"> =>
  reading((value) => (value.toLowerCase() === "all" ? "all" : reader.safeParse(value).data))

export const oneOf = <const Word extends string>(words: readonly Word[]): Reader<Word> =>
  reading((value) => words.find((word) => word === value.toLowerCase()))

const yes = new Set(["1", "true", "yes", "on"])
const no = new Set(["0", "false", "no", "off"])

export const yesOrNo = (): Reader<boolean> =>
  reading((value) => (yes.has(value.toLowerCase()) ? true : no.has(value.toLowerCase()) ? false : undefined))

/** Parts between commas, without blanks around them. */
export const list = (isPart: (part: string) => boolean = () => true): Reader<readonly string[]> =>
  reading((value) => {
    const parts = splitList(value)
    return parts.every(isPart) ? parts : undefined
  })

export function splitList(value: string): string[] {
  return value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
}

const byteUnits: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }

/** `1048576`, `512kb`, `4 GB`: units of 1,024. */
export const bytes = (least: number): Reader<number> =>
  reading((value) => {
    const match = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(value)
    if (!match) return undefined
    const count = Math.round(Number(match[1]) * byteUnits[match[2]!.toLowerCase()]!)
    return count >= least && Number.isSafeInteger(count) ? count : undefined
  })

/** `250ms`, `30s`, `5m`, `2h`; a number alone counts milliseconds. */
export const duration = (leastMs: number): Reader<number> =>
  reading((value) => {
    const ms = milliseconds(/^\d+$/.test(value) ? Number(value) : (value as Duration))
    return ms >= leastMs ? ms : undefined
  })
