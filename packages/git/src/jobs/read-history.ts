import type { Commit } from "../parse/parse-log.js"
import type { CommitFacts } from "../facts/write-commits.js"
import { readChanges } from "../history/read-changes.js"
import { readCommits } from "../history/read-commits.js"
import type { Mirror } from "../mirror/mirror.js"

export interface ReadHistoryOptions {
  tip: string
  /** Commits that are known with all they can reach. */
  exclude: readonly string[]
  /** How many commits there are to read. */
  total: number
  children: number | undefined
  /** Which of these commits need not be read. Left out, all are. */
  findKnown: ((oids: readonly string[]) => Promise<ReadonlySet<string>>) | undefined
  signal: AbortSignal
}

/** Commits together with what they changed, in batches, in no particular order, in a memory that does not grow with the history. */
export async function* readHistory(
  mirror: Mirror,
  options: ReadHistoryOptions,
): AsyncGenerator<CommitFacts[], void, undefined> {
  const { tip, exclude, total, signal } = options
  const children = options.children ?? 0
  const waiting = new Map<string, Commit>()
  let merges: CommitFacts[] = []

  /** Hands on the ids of commits that git has to compare with their parents, and puts the commits aside until it has. */
  async function* oids(): AsyncGenerator<string[], void, undefined> {
    for await (const commits of readCommits(mirror, { tips: [tip], exclude, signal })) {
      const compared: string[] = []
      const known = await options.findKnown?.(commits.map(({ oid }) => oid))
      for (const commit of commits) {
        if (known?.has(commit.oid)) continue
        if (commit.parents.length > 1) merges.push({ commit, changes: [] })
        else {
          waiting.set(commit.oid, commit)
          compared.push(commit.oid)
        }
      }
      if (compared.length > 0) yield compared
    }
  }

  const blocks = readChanges(mirror, oids(), {
    signal,
    blockSize: blockSize(total),
    ...(children > 0 ? { children } : {}),
  })
  for await (const block of blocks) {
    const done = merges
    merges = []
    for (const { oid, changes } of block.commits) {
      done.push({ commit: waiting.get(oid)!, changes })
      waiting.delete(oid)
    }
    yield done
  }
  if (merges.length > 0) yield merges
}

/** Large enough to keep git busy, small enough to let all its processes end at about the same time. */
function blockSize(total: number): number {
  return Math.min(Math.max(Math.ceil(total / 64), 25), 500)
}
