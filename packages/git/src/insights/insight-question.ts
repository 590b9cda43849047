import { createHash } from "node:crypto"
import { InvalidInputError } from "@assay/core"
import type { InsightQuery, InsightSnapshot, Json } from "@assay/core"
import type { InsightDefinition } from "./insight-definition.js"
import { parseParameters } from "./parse-parameters.js"

export const defaultLimit = 100
const mostLimit = 1_000

/** Rows of a page. Throws `INVALID_INPUT` for what is none. */
export function limitOf(limit: InsightQuery["limit"]): number {
  if (limit === "all") return Number.MAX_SAFE_INTEGER
  if (limit === undefined) return defaultLimit
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostLimit) return limit
  const message = `expected a whole number from 1 to ${mostLimit}, or all`
  throw new InvalidInputError("The query", [{ path: ["limit"], message }])
}

/**
 * What the question takes, read from text, defaults included. Throws `INVALID_INPUT` for what cannot be read, and for another branch
 * than that of the snapshot.
 */
export function parametersOf(asked: {
  definition: InsightDefinition
  query: InsightQuery
  snapshot: InsightSnapshot
}): Record<string, Json> {
  const { definition, query, snapshot } = asked
  const tipTime = snapshot.committedAt && snapshot.committedAt.getTime() / 1000
  const parameters = parseParameters(
    { name: definition.name, parameters: definition.takes },
    query.parameters ?? {},
    tipTime,
  )
  const { branch } = parameters
  if (typeof branch === "string" && branch !== snapshot.branch) {
    const message = `only ${snapshot.branch} is indexed; follow another branch to have its insights`
    throw new InvalidInputError("The query", [{ path: ["branch"], message }])
  }
  return { ...parameters, branch: snapshot.branch }
}

/** Tells the answer from others of the snapshot. */
export function keyOf(definition: InsightDefinition, parameters: Record<string, Json>, rules: string): string {
  const canonical = Object.entries(parameters).sort(([left], [right]) => (left < right ? -1 : 1))
  const text = JSON.stringify([definition.name, definition.version, rules, canonical])
  return createHash("sha256").update(text).digest("hex").slice(0, 40)
}
