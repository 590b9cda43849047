import type { Mirror } from "../mirror/mirror.js"
import { createDiffTreeParser } from "../parse/parse-diff-tree.js"
import type { Change } from "../parse/parse-diff-tree.js"
import { assertObjectId } from "./object-id.js"

/** Which paths differ between two commits, without renames and without line counts: cheap, however large the trees are. */
export async function readTreeChanges(
  mirror: Mirror,
  from: string,
  options: { to: string; signal?: AbortSignal | undefined },
): Promise<Change[]> {
  const to = assertObjectId(options.to)
  let changes: Change[] = []
  const parser = createDiffTreeParser({
    commit: (commit) => {
      changes = commit.changes
    },
  })
  // The parser wants the line that git writes for a commit, and does not for two trees.
  parser.push(Buffer.from(`${to}\0`))
  const output = mirror.git.stream(
    [
      "diff-tree",
      "-r",
      "--raw",
      "--no-abbrev",
      "-z",
      "--no-renames",
      "--ignore-submodules=none",
      assertObjectId(from),
      to,
    ],
    { repository: mirror, signal: options.signal },
  )
  for await (const chunk of output) parser.push(chunk)
  parser.end()
  return changes
}
