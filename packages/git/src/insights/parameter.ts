import type { InsightParameter, Json } from "@assay/core"
import { z } from "zod"
import { timeText } from "./calendar.js"
import { splitList } from "./path-pattern.js"
import { createZone } from "./time-zone.js"

/** A parameter that can be read from text. What it is read as is what the answer shows, and what is told apart in the cache. */
export interface Parameter<Value extends Json> extends InsightParameter {
  /** `now` in seconds since 1970, for moments that are said by how long ago they were. */
  readonly schema: (now: number) => z.ZodType<Value, string>
}

export type ParameterMap = Readonly<Record<string, Parameter<Json>>>

export type ParametersOf<Map extends ParameterMap> = {
  readonly [Name in keyof Map]: Map[Name] extends Parameter<infer Value> ? Value : never
}

const longestList = 100
const longestItem = 1_000

export function choice<const Choices extends readonly [string, ...string[]]>(
  name: string,
  about: string,
  choices: Choices,
): Parameter<Choices[number]> {
  const message = `expected one of ${choices.join(", ")}`
  return {
    ...{ name, about: `${about} One of ${choices.map((value) => `\`${value}\``).join(", ")}.`, default: choices[0] },
    schema: () => z.enum(choices, { error: message }) as unknown as z.ZodType<Choices[number], string>,
  }
}

export function wholeNumber(
  name: string,
  about: string,
  range: { default: number; min: number; max: number },
): Parameter<number> {
  const message = `expected a whole number from ${range.min} to ${range.max}`
  return {
    ...{ name, about, default: String(range.default) },
    schema: () =>
      z
        .string()
        .regex(/^\d{1,9}$/, message)
        .transform(Number)
        .refine((value) => value >= range.min && value <= range.max, message),
  }
}

export function flag(name: string, about: string): Parameter<boolean> {
  return {
    ...{ name, about: `${about} \`true\` or \`false\`.`, default: "false" },
    schema: () => z.enum(["true", "false"], { error: "expected true or false" }).transform((value) => value === "true"),
  }
}

/** `undefined` in JSON is `null`. */
function moment(name: string, about: string): Parameter<string | null> {
  const message =
    "expected a date (2024-01-31), a date and time (2024-01-31T12:00:00Z), or how long ago (90d, 12w, 6m, 1y)"
  return {
    ...{ name, about, default: undefined },
    schema: (now) =>
      z.string().transform((text, context) => {
        const seconds = parseMoment(text, now)
        if (seconds !== undefined) return timeText(seconds)
        context.addIssue({ code: "custom", message })
        return z.NEVER
      }),
  }
}

const daysOf: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30, y: 365 }

/** In seconds since 1970. A date is its first moment in UTC, and a time without a zone is in UTC. */
export function parseMoment(text: string, now: number): number | undefined {
  const ago = /^(\d{1,6})([dwmy])$/.exec(text)
  if (ago) return Math.max(now - Number(ago[1]) * daysOf[ago[2]!]! * 86_400, 0)
  const match = /^(\d{4})-(\d\d)-(\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)?(Z|[+-]\d\d:\d\d)?$/.exec(text)
  if (!match || (match[5] !== undefined && match[4] === undefined)) return undefined
  const day = Date.UTC(Number(match[1]), Number(match[2]) - 1, Number(match[3]))
  // The 31st of February would otherwise be a day in March.
  if (new Date(day).toISOString().slice(0, 10) !== text.slice(0, 10)) return undefined
  const time = match[4] === undefined ? day : Date.parse(match[5] === undefined ? `${text}Z` : text)
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000)
}

function list(name: string, about: string, item: z.ZodType<string, string>): Parameter<readonly string[]> {
  return {
    ...{ name, about, default: undefined },
    schema: () =>
      z
        .string()
        .transform(splitList)
        .pipe(z.array(item).max(longestList, `expected at most ${longestList} items`)),
  }
}

const pattern = z
  .string()
  .max(longestItem, `expected patterns of at most ${longestItem} characters`)
  .refine((text) => !text.includes("\0"), "expected a pattern without NUL")
  .transform((text) => text.replace(/^\.?\//, ""))

export const now = moment(
  "now",
  "The moment of the answer: ages and windows end there. Default: when the snapshot's commit was committed, never the wall clock.",
)
export const since = moment(
  "since",
  "Only commits from this moment on: a date, a date and time, or how long before `now` (`90d`, `1y`).",
)
export const until = moment("until", "Only commits before this moment.")
export const path = list(
  "path",
  "Only these files: paths, folders or patterns (`*`, `**`, `?`), separated by commas. A commit counts if it touches one of them.",
  pattern,
)
export const exclude = list("exclude", "Without these files: paths, folders or patterns, separated by commas.", pattern)
export const ignoreCommits = list(
  "ignoreCommits",
  "Commits that do not count, by object id or its first 7 digits or more, separated by commas. Renames in them are still followed.",
  z
    .string()
    .regex(/^[0-9a-f]{7,64}$/i, "expected object ids of 7 to 64 hexadecimal digits")
    .transform((id) => id.toLowerCase()),
)
export const branch: Parameter<string | null> = {
  ...{ name: "branch", about: "The branch of the snapshot; there are no facts of others.", default: undefined },
  schema: () => z.string(),
}
export const botsHidden = choice("bots", "Programs that commit.", ["hide", "show", "only"])
export const botsShown: typeof botsHidden = { ...botsHidden, default: "show" }
/** For what is made of several insights. */
export const botsOfEach: Parameter<"hide" | "show" | "only" | null> = {
  ...botsHidden,
  about: `${botsHidden.about} Default: as each insight has it by itself.`,
  default: undefined,
}
export const lineageView = choice(
  "view",
  "What a file is: `lineage` follows renames (detected at 50 %), `exact` takes each path for itself, and a rename touches both.",
  ["lineage", "exact"],
)
export const exactView: typeof lineageView = { ...lineageView, default: "exact" }
export const interval = choice("interval", "The length of a bucket.", ["day", "week", "month"])
export const weekInterval: typeof interval = { ...interval, default: "week" }
export const weekStart = choice("weekStart", "The first day of a week.", ["monday", "sunday"])
export const order = choice("order", "Of the column that is sorted by.", ["desc", "asc"])
export const include = list(
  "include",
  "Kinds of files that count although they are left out by default: `vendored`, `generated`, `documentation`, `data`.",
  z.enum(["vendored", "generated", "documentation", "data"], {
    error: "expected vendored, generated, documentation or data",
  }),
)
export const countCoAuthors = flag("countCoAuthors", "Counts a commit for each of its co-authors too.")

function zoneParameter(about: string, standard: string | undefined): Parameter<string | null> {
  const message = "expected the name of a time zone, such as Europe/Berlin"
  return {
    ...{ name: "tz", about, default: standard },
    schema: () =>
      z.string().transform((text, context) => {
        try {
          return createZone(text).name
        } catch {
          context.addIssue({ code: "custom", message })
          return z.NEVER
        }
      }),
  }
}
export const tz = zoneParameter("The time zone of days, weeks and months, by its IANA name.", "UTC")
export const ownTz = zoneParameter(
  "A time zone for all, by its IANA name. Default: each author's own clock.",
  undefined,
)

export const threshold: Parameter<number> = {
  ...{
    name: "threshold",
    about: "The share of the files that owners must cover, above 0 and up to 1.",
    default: "0.5",
  },
  schema: () =>
    z
      .string()
      .regex(/^(?:0?\.\d{1,6}|1(?:\.0+)?|0\.\d{1,6})$/, "expected a number above 0 and up to 1")
      .transform(Number)
      .refine((value) => value > 0 && value <= 1, "expected a number above 0 and up to 1"),
}
