import { snakeCase } from "@assay/http-adapter"
import type { Insight, InsightDescription, InsightName, Json } from "@assay/core"
import { SetupError } from "../errors.js"

/** A number that a repository must not have: `bus_factor<2`. */
export interface Gate {
  /** As it was written. */
  readonly text: string
  readonly insight: InsightName
  /** The key of the value in the insight. */
  readonly key: string
  readonly comparator: keyof typeof comparators
  readonly bound: number
}

export interface GateResult {
  readonly gate: Gate
  /** `undefined` if the repository has no such number: half of no lines, say. */
  readonly value: number | undefined
  /** The condition holds, so the gate is shut. */
  readonly failed: boolean
}

const comparators = {
  "<=": (value: number, bound: number) => value <= bound,
  ">=": (value: number, bound: number) => value >= bound,
  "==": (value: number, bound: number) => value === bound,
  "!=": (value: number, bound: number) => value !== bound,
  "<": (value: number, bound: number) => value < bound,
  ">": (value: number, bound: number) => value > bound,
} as const

/** The number that the summary prints under this name. */
const shortNames: Readonly<Record<string, string>> = { bus_factor: "file_owners" }

/**
 * Reads `<name> <comparator> <number>`, where the name is that of a value of the summary, or of another insight's:
 * `truck_factor<2`, `coupling.pairs>10`. Throws `USAGE`.
 */
export function parseGate(text: string, descriptions: readonly InsightDescription[]): Gate {
  const match = /^\s*(?:([a-z-]+)\.)?([a-z][a-z0-9_]*)\s*(<=|>=|==|!=|<|>)\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text)
  if (!match) {
    throw new SetupError("USAGE", `--fail-on ${JSON.stringify(text)} is no condition.`, {
      hint: "Write a name, a comparison and a number: --fail-on 'bus_factor<2'. Comparisons are <, <=, >, >=, == and !=.",
    })
  }
  const [, insightName = "summary", written = "", comparator, bound] = match
  const name = insightName === "summary" ? (shortNames[written] ?? written) : written
  const description = descriptions.find((each) => each.name === insightName)
  if (!description) {
    throw new SetupError("USAGE", `--fail-on knows no insight called ${insightName}.`, {
      hint: `There are ${descriptions.map((each) => each.name).join(", ")}.`,
    })
  }
  const keys = Object.keys(description.values)
  const key = keys.find((each) => snakeCase(each) === name)
  if (key === undefined) {
    throw new SetupError("USAGE", `--fail-on knows no number of the ${insightName} called ${written}.`, {
      hint: `There are ${[...(insightName === "summary" ? Object.keys(shortNames) : []), ...keys.map(snakeCase)].join(", ")}.`,
    })
  }
  return {
    text: text.trim(),
    insight: description.name,
    key,
    comparator: comparator as Gate["comparator"],
    bound: Number(bound),
  }
}

/** A number that is not known shuts no gate. */
export function checkGate(gate: Gate, insight: Pick<Insight, "values">): GateResult {
  const value = numberIn(insight.values[gate.key])
  return { gate, value, failed: value !== undefined && comparators[gate.comparator](value, gate.bound) }
}

function numberIn(value: Json | undefined): number | undefined {
  if (typeof value === "number") return value
  return Array.isArray(value) ? value.length : undefined
}
