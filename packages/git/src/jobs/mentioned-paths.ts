import type { Change } from "../parse/parse-diff-tree.js"

/** All paths that these answers of git name. */
export function mentionedPaths(commits: Iterable<{ changes: readonly Change[] }>): Set<string> {
  const paths = new Set<string>()
  for (const { changes } of commits) {
    for (const { path, oldPath } of changes) {
      paths.add(path)
      if (oldPath !== undefined) paths.add(oldPath)
    }
  }
  return paths
}
