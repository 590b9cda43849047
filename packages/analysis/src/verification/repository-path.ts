/**
 * The path of a file as a repository names it, from what an answer calls it: `./src/app.ts`, `/src/app.ts` and `src//app.ts` are
 * `src/app.ts`. `undefined` for what leads out of the repository or into its `.git`, or can be no path at all.
 */
export function toRepositoryPath(given: string): string | undefined {
  if (given.includes("\0") || given.length > 4_096) return undefined
  const parts: string[] = []
  for (const part of given.trim().split("/")) {
    if (part === "" || part === ".") continue
    if (part !== "..") parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  if (parts.length === 0 || parts[0]?.toLowerCase() === ".git") return undefined
  return parts.join("/")
}
