import type { ChangeColumns, CommitColumns, HistoryBlock } from "../facts/snapshot-facts.js"
import type { People } from "./people.js"

/** A block of history as a metric sees it: who is one person, which file a change belongs to, and what counts at all. */
export interface SelectedBlock {
  readonly commits: CommitColumns
  readonly changes: ChangeColumns
  /** By commit: 1 if it counts. */
  readonly commitCounts: Uint8Array
  /** By change: 1 if it counts. Changes of a commit that does not count, do not. */
  readonly changeCounts: Uint8Array
  /** By commit: the author's position among the people. */
  readonly person: Int32Array
  /**
   * By change: the file it belongs to in the view that was asked for; 0 if only its former path counts, and then its lines do
   * not. Files that are gone have numbers below 0 in the view of lineages.
   */
  readonly file: Int32Array
  /** By change: in the exact view of paths, the former path of a rename, which counts as touched too; else 0. */
  readonly formerFile: Int32Array
}

/** Counts something in one pass. Blocks come in any order, and the result is the same in each. */
export interface Fold<Result> {
  add(block: SelectedBlock): void
  result(): Result
}

export interface Selection {
  /** Commits that count, merges included; changes of merges there are none. */
  readonly bots: "hide" | "show" | "only"
  /** Which of a commit's clocks `since` and `until` look at. */
  readonly clock: "author" | "committer"
  /** In seconds since 1970; from this moment on. */
  readonly since: number | undefined
  /** Up to, but without, this moment. */
  readonly until: number | undefined
  /** Times after this moment or not after 1970 are no times; a commit with such a time is in no window. */
  readonly latest: number
  readonly ignores: (tie: number) => boolean
  /** Whether a file, by its number in the view, was asked for. `undefined`: all of them, and commits without changes too. */
  readonly wants: ((file: number) => boolean) | undefined
}

/** What was left out, counted while blocks were selected. */
export interface LeftOut {
  /** Non-merge commits. */
  botCommits: number
  ignoredCommits: number
  /** Non-merge commits that only their impossible time keeps out of the window. */
  invalidTimes: number
}

export interface SelectableBlock {
  readonly block: HistoryBlock
  /** By change: its file in the view of lineages. `undefined`: the exact view of paths. */
  readonly lineage: Int32Array | undefined
}

const renamed = 82

export function isTime(seconds: number, latest: number): boolean {
  return seconds > 0 && seconds <= latest
}

export function selectBlock(
  { block, lineage }: SelectableBlock,
  { selection, people, leftOut }: { selection: Selection; people: People; leftOut: LeftOut },
): SelectedBlock {
  const { commits, changes } = block
  const { since, until, latest, wants } = selection
  const commitCounts = new Uint8Array(commits.length)
  const changeCounts = new Uint8Array(changes.length)
  const person = new Int32Array(commits.length)
  const formerFile = new Int32Array(changes.length)
  // What is not wanted is crossed out, so that others who look at the same facts must not see it.
  const file = wants ? Int32Array.from(lineage ?? changes.pathId) : (lineage ?? changes.pathId)
  const times = selection.clock === "author" ? commits.authoredAt : commits.committedAt

  for (let commit = 0; commit < commits.length; commit++) {
    const author = people.positionOf(commits.authorId[commit]!)
    person[commit] = author
    const first = commits.firstChange[commit]!
    const end = commits.firstChange[commit + 1]!
    const merge = commits.merge[commit] === 1
    const bot = people.bot[author] === 1
    if (selection.ignores(commits.tie[commit]!)) {
      leftOut.ignoredCommits++
      continue
    }
    if (since !== undefined || until !== undefined) {
      const time = times[commit]!
      if (!isTime(time, latest)) {
        if (!merge) leftOut.invalidTimes++
        continue
      }
      if ((since !== undefined && time < since) || (until !== undefined && time >= until)) continue
    }
    if (selection.bots === "only" ? !bot : selection.bots === "hide" && bot) {
      if (!merge && bot) leftOut.botCommits++
      continue
    }
    let counted = !wants
    for (let change = first; change < end; change++) {
      if (!lineage && changes.status[change] === renamed) formerFile[change] = changes.oldPathId[change]!
      if (wants) {
        if (!wants(file[change]!)) file[change] = 0
        if (formerFile[change] !== 0 && !wants(formerFile[change]!)) formerFile[change] = 0
        if (file[change] === 0 && formerFile[change] === 0) continue
      }
      changeCounts[change] = 1
      counted = true
    }
    if (counted) commitCounts[commit] = 1
  }
  return { commits, changes, commitCounts, changeCounts, person, file, formerFile }
}

/** Lines of a change that count: those of regular text files. Symbolic links and submodules are changes without lines. */
export function hasLines({ changes, file }: SelectedBlock, change: number): boolean {
  return changes.added[change]! >= 0 && changes.kind[change] === 102 && file[change] !== 0
}
