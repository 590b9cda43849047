import { z } from "zod"
import { branchNameSchema, isWellFormed } from "./branch-name.js"

// eslint-disable-next-line no-control-regex -- control characters are exactly what must not pass
const plainText = /^[^\u0000-\u001f\u007f]*$/

export const newRepositoryBody = z.object({
  url: z
    .string()
    .min(1, "must not be empty")
    .max(2048, "must not be longer than 2048 characters")
    .regex(plainText, "must not hold control characters")
    .refine(isWellFormed, "must be well-formed Unicode")
    .describe("`https://github.com/owner/repo.git`, or `owner/repo` for GitHub."),
  default_branch: branchNameSchema.optional().describe("Default: what the remote calls its default branch."),
})

export const repositoryChangeBody = z.object({ default_branch: branchNameSchema })

/** Null stands for no body at all. */
export const jobRequestBody = z
  .strictObject({
    token: z
      .string()
      .regex(/^[\x21-\x7e]{1,1024}$/, "must be 1 to 1024 visible ASCII characters")
      .optional()
      .describe("For a private repository. Sealed at once, used for this job only, never shown again."),
  })
  .nullable()

export const cancelBody = z
  .strictObject({
    reason: z
      .string()
      .max(500, "must not be longer than 500 characters")
      .regex(plainText, "must not hold control characters")
      .refine(isWellFormed, "must be well-formed Unicode")
      .optional(),
  })
  .nullable()
