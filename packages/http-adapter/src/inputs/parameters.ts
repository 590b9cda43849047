import { isJobId } from "@assay/core"
import { z } from "zod"

export const repositoryParameters = z.object({
  id: z
    .string()
    .regex(/^[+-]?\d+$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int("is too large").min(1, "must be 1 or more"))
    .describe("Of the repository."),
})

export const jobParameters = z.object({
  id: z.string().refine(isJobId, "must be the id of a job: job_ and 26 letters and digits").describe("Of the job."),
})

/** Loose, because a request has headers that are nobody's business here. */
export const idempotentHeaders = z.looseObject({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
    .optional()
    .describe("Two requests with the same key do the work once, and both get its answer."),
})

export function idempotencyOf(headers: z.output<typeof idempotentHeaders>): { idempotencyKey?: string } {
  const key = headers["idempotency-key"]
  return key === undefined ? {} : { idempotencyKey: key }
}
