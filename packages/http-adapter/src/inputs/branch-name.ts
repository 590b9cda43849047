import { z } from "zod"

/** What git takes for the name of a branch (`git check-ref-format --branch`), and no more than 255 characters of it. */
export const branchNameSchema = z
  .string()
  .min(1, "must not be empty")
  .max(255, "must not be longer than 255 characters")
  .refine(isBranchName, "is not a name that git allows for a branch")

export function isBranchName(name: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are exactly what must not pass
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^[-/.]|[/.]$|\/\.|\.lock(\/|$)/.test(name)) return false
  return name !== "" && name !== "@" && name !== "HEAD" && isWellFormed(name)
}

/** Whether a text has no half of a character, which no database could keep. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text)
}
