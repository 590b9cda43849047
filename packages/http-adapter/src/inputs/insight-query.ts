import { InvalidInputError } from "@assay/core"
import type { InsightDescription, InsightQuery } from "@assay/core"
import { z } from "zod"
import { InvalidRequestError } from "../validation.js"
import { camelCase, snakeCase } from "../views/snake-case.js"
import { first } from "./paging.js"

export const insightFormats = ["json", "csv", "ndjson"] as const
export type InsightFormat = (typeof insightFormats)[number]

const mostRows = 1000

/** What every insight takes besides its own parameters. */
const common = {
  snapshot: z
    .preprocess(first, z.coerce.number("must be the number of a snapshot").int().positive().optional())
    .describe("One that is still kept. Default: the published one."),
  limit: z
    .preprocess(
      first,
      z
        .union([z.literal("all"), z.coerce.number().int().min(1).max(mostRows)], `must be 1 to ${mostRows}, or all`)
        .optional(),
    )
    .describe(`Rows of a page: 1 to ${mostRows}, or \`all\`. Default 100; of CSV and NDJSON all.`),
  cursor: z.preprocess(first, z.string().max(2000).optional()).describe("`next_cursor` of the page before."),
  format: z.preprocess(first, z.enum(insightFormats).optional()).describe("Default: what `Accept` asks for, or json."),
}

/** The query of one insight. What its own parameters may be is for the insight to say. */
export function insightQuerySchema({ parameters }: Pick<InsightDescription, "parameters">) {
  const own = Object.fromEntries(
    parameters.map(({ name, about, default: otherwise }) => [
      snakeCase(name),
      z
        .preprocess(joined, z.string().max(10_000).optional())
        .describe(otherwise === undefined ? about : `${about} Default \`${otherwise}\`.`),
    ]),
  )
  // Strict: a parameter that is misspelled must not be taken for one that was not given.
  return z.strictObject({ ...own, ...common })
}

/** Of a list that is written as several parameters, the parts between commas. */
function joined(value: unknown): unknown {
  return Array.isArray(value) ? value.join(",") : value
}

export function toInsightQuery(query: Readonly<Record<string, unknown>>, format: InsightFormat): InsightQuery {
  const {
    snapshot,
    limit,
    cursor,
    format: _format,
    ...own
  } = query as {
    snapshot?: number
    limit?: number | "all"
    cursor?: string
    format?: string
  }
  const given = Object.entries(own).filter((entry): entry is [string, string] => typeof entry[1] === "string")
  return {
    parameters: Object.fromEntries(given.map(([name, value]) => [camelCase(name), value])),
    snapshot,
    limit: limit ?? (format === "json" || cursor !== undefined ? undefined : "all"),
    cursor,
  }
}

/** The same error, in the names that the request has. */
export function inTheNamesOfTheRequest(error: unknown): unknown {
  if (!(error instanceof InvalidInputError)) return error
  return new InvalidRequestError(
    "querystring",
    error.issues.map(({ path, message }) => ({
      path: path.map((part) => (typeof part === "string" ? snakeCase(part) : part)),
      message,
    })),
  )
}
