import { GitError } from "../errors.js"
import { encodePath } from "../parse/path-text.js"
import type { Mirror } from "./mirror.js"
import { readObjects } from "./read-objects.js"

const longestPath = 4_096
/** A folder with more than a million entries. */
const largestTree = 64 * 1024 ** 2

interface Search {
  path: string
  /** The names of the folders that lead to the file, and its own, as bytes in latin1. */
  names: string[]
}

/**
 * The object ids of the regular files at these paths of a commit. A path leads nowhere if it is empty, absolute, has an
 * empty part or one of dots, or if a link, a submodule or a folder is there. Paths are written as `decodePath` writes them.
 *
 * Trees are read by their ids, one level after the other, so that no path is ever part of a command. Throws
 * `REPOSITORY_TOO_LARGE` for a folder of more than 64 MiB.
 */
export async function findFiles(
  mirror: Mirror,
  commit: string,
  options: { paths: readonly string[]; signal?: AbortSignal | undefined },
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const { output } = await mirror.git.run(["rev-parse", "--verify", "--end-of-options", `${commit}^{tree}`], {
    repository: mirror,
    signal: options.signal,
  })
  let level = new Map([[output.toString("latin1").trim(), options.paths.flatMap(toSearch)]])
  for (let depth = 0; level.size > 0; depth++) {
    const next = new Map<string, Search[]>()
    const trees = [...level].filter(([, searches]) => searches.length > 0).map(([oid]) => oid)
    for await (const tree of readObjects(mirror, trees, { bytes: largestTree, signal: options.signal })) {
      if (tree.size > largestTree)
        throw new GitError("REPOSITORY_TOO_LARGE", "A folder of the repository has too many entries to look into it.")
      const wanted = new Map<string, Search[]>()
      for (const search of level.get(tree.oid)!) {
        const name = search.names[depth]!
        wanted.set(name, [...(wanted.get(name) ?? []), search])
      }
      for (const { name, mode, oid } of entries(tree.content, mirror.objectFormat)) {
        for (const search of wanted.get(name) ?? []) {
          const last = search.names.length === depth + 1
          const kind = mode & 0o170_000
          if (last && kind === 0o100_000) found.set(search.path, oid)
          if (!last && kind === 0o040_000) next.set(oid, [...(next.get(oid) ?? []), search])
        }
      }
    }
    level = next
  }
  return found
}

function toSearch(path: string): Search[] {
  const bytes = encodePath(path)
  const names = bytes.toString("latin1").split("/")
  const impossible = bytes.length > longestPath || names.some((name) => ["", ".", ".."].includes(name))
  return impossible ? [] : [{ path, names }]
}

/** Understands a tree: `mode SP name NUL id`, the id as bytes. */
function* entries(
  tree: Buffer,
  format: Mirror["objectFormat"],
): Generator<{ name: string; mode: number; oid: string }, void, undefined> {
  const idLength = format === "sha256" ? 32 : 20
  for (let at = 0; at < tree.length;) {
    const space = tree.indexOf(0x20, at)
    const end = tree.indexOf(0, space)
    if (space === -1 || end === -1 || end + idLength >= tree.length)
      throw new GitError("MIRROR_DAMAGED", "The local copy of the repository holds a broken folder.")
    yield {
      mode: parseInt(tree.toString("latin1", at, space), 8),
      name: tree.toString("latin1", space + 1, end),
      oid: tree.toString("hex", end + 1, end + 1 + idLength),
    }
    at = end + 1 + idLength
  }
}
