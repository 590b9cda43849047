import type { TestRepository } from "./create-repository.js"

/** What git itself says about the commit, by other commands than those the package uses. */
export interface GitSays {
  totals: {
    commits: number
    mergeCommits: number
    contributors: number
    files: number
    lines: number
    additions: number
    deletions: number
  }
  /** By lower-case address, after the .mailmap. */
  commitsOf: Record<string, number>
  linesOf: Record<string, { additions: number; deletions: number }>
  /** Regular files by the bytes of their path, in latin1; `null` for binary ones. */
  files: Record<string, number | null>
}

export function askGit(repository: TestRepository, commit: string): GitSays {
  const rules = ["-c", "diff.algorithm=myers", "-c", "diff.renameLimit=1000", "-c", `mailmap.blob=${commit}:.mailmap`]
  const text = (...args: string[]): string => repository.gitBytes(...rules, ...args).toString("latin1")
  const count = (...args: string[]): number => Number(text("rev-list", "--count", ...args, commit))

  const commitsOf: Record<string, number> = {}
  for (const line of text("shortlog", "-sne", "--no-merges", commit).split("\n").filter(Boolean)) {
    const [, times, email] = /^\s*(\d+)\t.*<([^<>]*)>$/.exec(line)!
    commitsOf[email!.toLowerCase()] = (commitsOf[email!.toLowerCase()] ?? 0) + Number(times)
  }

  const linesOf: GitSays["linesOf"] = {}
  let author = ""
  let additions = 0
  let deletions = 0
  const log = text("log", "--no-merges", "-M50%", "--numstat", "--format=%x01%aE", commit)
  for (const line of log.split("\n")) {
    const [added, deleted, path] = line.split("\t")
    if (line.startsWith("\u0001")) {
      author = line.slice(1).toLowerCase()
      linesOf[author] ??= { additions: 0, deletions: 0 }
    } else if (path !== undefined && added !== "-") {
      linesOf[author]!.additions += Number(added)
      linesOf[author]!.deletions += Number(deleted)
      additions += Number(added)
      deletions += Number(deleted)
    }
  }

  const files: Record<string, number | null> = {}
  for (const entry of text("ls-tree", "-r", "-z", "--full-tree", commit).split("\0").filter(Boolean)) {
    if (entry.startsWith("100")) files[entry.slice(entry.indexOf("\t") + 1)] = 0
  }
  const emptyTree = text("hash-object", "-t", "tree", "/dev/null").trim()
  for (const entry of text("diff", "--numstat", "-z", emptyTree, commit).split("\0").filter(Boolean)) {
    const [added, , ...path] = entry.split("\t")
    if (path.join("\t") in files) files[path.join("\t")] = added === "-" ? null : Number(added)
  }

  return {
    totals: {
      commits: count(),
      mergeCommits: count("--merges"),
      contributors: Object.keys(commitsOf).length,
      files: Object.keys(files).length,
      lines: Object.values(files).reduce<number>((sum, lines) => sum + (lines ?? 0), 0),
      additions,
      deletions,
    },
    commitsOf,
    linesOf,
    files,
  }
}
