import { z } from "zod"
import { first } from "./paging.js"

/** An analysis is found by its own id or by that of Potpie's project; what is neither does not exist. */
const anyId = z.string().describe("Of the analysis: its own id (`job_…`), or that of Potpie's project.")

export const analysisParameters = z.object({ id: anyId })
export const projectParameters = z.object({ projectId: anyId })

/**
 * Whether a text can be an id at all. What cannot, a path such as `../projects` or a NUL, is not looked up anywhere.
 */
export function canBeId(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_-]{0,199}$/.test(text)
}

export const verifications = ["verbatim", "differs", "missing", "unchecked"] as const

export const snippetsQuery = z.object({
  verification: z
    .preprocess(
      (value) => {
        const words = [value ?? []].flat().flatMap((text) => String(text).split(","))
        const present = words.map((word) => word.trim()).filter((word) => word !== "")
        return present.length > 0 ? present : undefined
      },
      z.array(z.enum(verifications)).max(20).optional(),
    )
    .describe("One or more, with commas between them. Default: all."),
})

export const analysesQuery = z.object({
  repository_id: z
    .preprocess((value) => {
      const text = first(value)
      return typeof text === "string" && /^[+-]?\d+$/.test(text) ? Number(text) : text === "" ? undefined : text
    }, z.int("must be a whole number").min(1, "must be 1 or more").optional())
    .describe("Only of this repository."),
})
