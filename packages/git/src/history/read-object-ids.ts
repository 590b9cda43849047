import type { Mirror } from "../mirror/mirror.js"
import { assertObjectId } from "./object-id.js"

/** The ids of the files at a path in these commits; `undefined` where there is none. In the order of the commits. */
export async function readFileIds(
  mirror: Mirror,
  commits: readonly string[],
  { path, signal }: { path: string; signal?: AbortSignal | undefined },
): Promise<(string | undefined)[]> {
  const { output } = await mirror.git.run(["cat-file", "--batch-check=%(objectname)"], {
    repository: mirror,
    signal,
    input: commits.map((commit) => `${assertObjectId(commit)}:${path}\n`).join(""),
  })
  return output
    .toString("latin1")
    .split("\n")
    .slice(0, commits.length)
    .map((line) => (/^[0-9a-f]+$/.test(line) ? line : undefined))
}
