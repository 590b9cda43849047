import { jobStates } from "@assay/core"
import { z } from "zod"
import { first } from "./paging.js"

const typeName = z.string().regex(/^[a-z][a-z0-9.-]{0,99}$/, "must be dotted lower-case words")
export const queueName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/, "must be 1 to 100 letters, digits, dots, underscores, colons or hyphens")
const failureCode = z.string().regex(/^[A-Z][A-Z0-9_]{0,99}$/, "must be the code of an error, such as GIT_NETWORK")
const repositoryId = z.int("must be a whole number").min(1, "must be 1 or more")

/** What lists of jobs can be asked for, in a query. */
export const jobFilters = {
  state: z
    .preprocess(words, z.array(z.enum(jobStates)).max(20).optional())
    .describe("One or more, with commas between them."),
  type: z
    .preprocess(words, z.array(typeName).max(20).optional())
    .describe("One or more, with commas between them: `repository.index`."),
  queue: z.preprocess((value) => first(value) || undefined, queueName.optional()).describe("Only jobs of this queue."),
  repository_id: z
    .preprocess((value) => toNumber(first(value)), repositoryId.optional())
    .describe("Only jobs on this repository."),
  cursor: z
    .preprocess(
      (value) => first(value) || undefined,
      z
        .string()
        .regex(/^[\x21-\x7e]{1,512}$/, "is not a cursor")
        .optional(),
    )
    .describe("`next_cursor` of the page before."),
}

/** The same for failed jobs, in a body. */
export const deadLetterFilters = {
  types: z.array(typeName).min(1, "must not be empty").max(20).optional().describe("Only jobs of these types."),
  queue: queueName.optional().describe("Only jobs of this queue."),
  repository_id: repositoryId.optional().describe("Only jobs on this repository."),
  codes: z
    .array(failureCode)
    .min(1, "must not be empty")
    .max(100)
    .optional()
    .describe("Only jobs that failed with one of these codes."),
}

/** `a,b` and repeated parameters are both lists; nothing but commas is none. */
function words(value: unknown): unknown {
  if (value === undefined) return undefined
  const list = [value].flat().flatMap((text) => String(text).split(","))
  const present = list.map((word) => word.trim()).filter((word) => word !== "")
  return present.length > 0 ? present : undefined
}

function toNumber(value: unknown): unknown {
  return typeof value === "string" && /^[+-]?\d+$/.test(value) ? Number(value) : value === "" ? undefined : value
}
