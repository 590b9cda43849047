import { GitError } from "../errors.js"
import type { Mirror } from "../mirror/mirror.js"
import { createLinesParser, createLsTreeParser, lsTreeOptions } from "../parse/parse-ls-tree.js"
import type { FileLines, TreeEntry } from "../parse/parse-ls-tree.js"
import { emptyTree } from "../process/git-environment.js"
import { assertObjectId } from "./object-id.js"

export interface ReadTreeOptions {
  /** More entries than this end the reading with `REPOSITORY_TOO_LARGE`. Default 1,000,000. */
  entries?: number
  signal?: AbortSignal | undefined
}

const mostEntries = 1_000_000

/** All files, symbolic links and submodules of a commit, in batches as they come, in git's order of paths (by bytes). */
export async function* readTree(
  mirror: Mirror,
  tip: string,
  options: ReadTreeOptions = {},
): AsyncGenerator<TreeEntry[], void, undefined> {
  const parser = createLsTreeParser()
  const limit = limitEntries(options.entries)
  const args = ["ls-tree", ...lsTreeOptions, assertObjectId(tip)]
  for await (const chunk of mirror.git.stream(args, { repository: mirror, signal: options.signal })) {
    const entries = limit(parser.push(chunk))
    if (entries.length > 0) yield entries
  }
  parser.end()
}

/** The number of lines of every file of a commit, in the order of `readTree`; submodules are left out. */
export async function* readLines(
  mirror: Mirror,
  tip: string,
  options: ReadTreeOptions = {},
): AsyncGenerator<FileLines[], void, undefined> {
  const parser = createLinesParser()
  const limit = limitEntries(options.entries)
  const args = [
    "diff-tree",
    "-r",
    "--numstat",
    "-z",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=all",
  ]
  args.push(emptyTree[mirror.objectFormat], assertObjectId(tip))
  for await (const chunk of mirror.git.stream(args, { repository: mirror, signal: options.signal })) {
    const files = limit(parser.push(chunk))
    if (files.length > 0) yield files
  }
  parser.end()
}

/** A tree of a few kilobytes can hold a thousand million paths. */
function limitEntries(most = mostEntries): <Entry>(entries: Entry[]) => Entry[] {
  let count = 0
  return (entries) => {
    count += entries.length
    if (count > most) throw new GitError("REPOSITORY_TOO_LARGE", `The repository has more than ${most} files.`)
    return entries
  }
}
