import { z } from "zod"
import { newRepositoryBody } from "./bodies.js"
import { branchNameSchema, isWellFormed } from "./branch-name.js"

const repo = newRepositoryBody.shape.url.describe("`owner/repo`, or the URL of a repository.")
const branch = branchNameSchema.optional()
const question = z
  .string()
  .min(1, "must not be empty")
  .max(16_384, "must not be longer than 16384 characters")
  .refine((text) => !text.includes("\0") && isWellFormed(text), "must be well-formed Unicode, without NUL")
  .optional()
  .describe("Without one: what the repository does, how it is built, and the code that shows it.")
const token = z
  .string()
  .regex(/^[\x21-\x7e]{1,1024}$/, "must be 1 to 1024 visible ASCII characters")
  .optional()
  .describe("For a private repository. Sealed at once, used for this job only, never shown again.")

export const analyzeBody = z.object({
  repo,
  branch: branch.describe("Default: `main`."),
  question,
  github_token: token,
})

export const analyzeExample = { repo: "owner/repo", branch: "main", question: "How does authentication work?" }

/** What Potpie calls a project, and nothing that would mean something in a path. */
const potpieProjectId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,199}$/, "must be the id of a project: letters, digits, _ and -")

export const sendMessageBody = z.object({
  projectId: potpieProjectId.describe("Of an analysis, or of a project of the Potpie account."),
  repo: repo.optional(),
  branch: branch.describe("Default: `main`."),
})

export const sendMessageExample = { projectId: "abc123", repo: "owner/repo", branch: "main" }

export const newAnalysisBody = z
  .strictObject({
    repo: repo.optional(),
    repository_id: z
      .int("must be a whole number")
      .min(1, "must be 1 or more")
      .optional()
      .describe("Instead of `repo`: a repository that is registered."),
    branch: branch.describe("Default: that of the repository, where it is registered and known; else `main`."),
    question,
    token,
    provider: z.literal("potpie").optional(),
  })
  .check(({ value, issues }) => {
    if ((value.repo === undefined) === (value.repository_id === undefined)) {
      const message =
        value.repo === undefined ? "or repository_id is required" : "cannot be combined with repository_id"
      issues.push({ code: "custom", path: ["repo"], message, input: value })
    }
  })
