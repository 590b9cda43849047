import type { ChangeColumns, CommitColumns, HistoryBlock } from "../facts/snapshot-facts.js"
import type { CommitLines } from "./commit-lines.js"
import type { People } from "./people.js"

/** A block of history as a metric sees it: who is one person, which file a change belongs to, and what counts at all. */
export interface SelectedBlock {
  readonly commits: CommitColumns
  readonly changes: ChangeColumns
  /** By commit: 1 if it counts. Of one that does not, no change counts either. */
  readonly commitCounts: Uint8Array
  /** By commit: the author's position among the people. */
  readonly person: Int32Array
  /**
   * By change: the file it belongs to in the view that was asked for; 0 if it does not count, or if only its former path does, and
   * then its lines do not. Files that are gone have numbers below 0 in the view of lineages.
   */
  readonly file: Int32Array
  /** By change: in the exact view of paths, the former path of a rename, which counts as touched too; else 0. */
  readonly formerFile: Int32Array
  /** By commit that counts: lines of its changes that count. */
  readonly lines: CommitLines
}

/** Counts something in one pass. Blocks come in any order, and the result is the same in each. */
export interface Fold<Result> {
  add(block: SelectedBlock): void
  result(): Result
  /**
   * Of what several insights count: a name that says all that the result depends on, but for the selection and its `latest`. It is
   * then counted once for all of them, who may not change it.
   */
  readonly shared?: { readonly name: string; bytesOf(result: Result): number }
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
  /** Commits, by the first bits of their ids, that do not count. `undefined`: none. */
  readonly ignores: ((tie: number) => boolean) | undefined
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
  /** By commit: the author's position among the people. */
  readonly person: Int32Array
  /** Of all changes of each commit. */
  readonly lines: CommitLines
}

export function isTime(seconds: number, latest: number): boolean {
  return seconds > 0 && seconds <= latest
}

export function selectBlock(
  { block, lineage, person, lines }: SelectableBlock,
  { selection, people, leftOut }: { selection: Selection; people: People; leftOut: LeftOut },
): SelectedBlock {
  const commitCounts = selectCommits({ block, person }, { selection, people, leftOut })
  const { commits, changes } = block
  const file = lineage ?? changes.pathId
  const formerFile = lineage ? noFormerFiles(changes.length) : changes.oldPathId
  const { wants } = selection
  if (!wants) return { commits, changes, commitCounts, person, file, formerFile, lines }
  return { commits, changes, person, ...selectChanges({ block, commitCounts, file, formerFile }, wants) }
}

/** By commit: 1 if what its author and its clock say does not keep it out. */
function selectCommits(
  { block: { commits }, person }: Pick<SelectableBlock, "block" | "person">,
  { selection, people, leftOut }: { selection: Selection; people: People; leftOut: LeftOut },
): Uint8Array {
  const { bots, since, until, latest, ignores } = selection
  const commitCounts = new Uint8Array(commits.length)
  const times = selection.clock === "author" ? commits.authoredAt : commits.committedAt
  const windowed = since !== undefined || until !== undefined
  const from = since ?? -Infinity
  const to = until ?? Infinity
  for (let commit = 0; commit < commits.length; commit++) {
    const merge = commits.merge[commit] === 1
    if (ignores?.(commits.tie[commit]!)) {
      leftOut.ignoredCommits++
      continue
    }
    if (windowed) {
      const time = times[commit]!
      if (!isTime(time, latest)) {
        if (!merge) leftOut.invalidTimes++
        continue
      }
      if (time < from || time >= to) continue
    }
    if (bots !== "show") {
      const bot = people.bot[person[commit]!] === 1
      if (bots === "only" ? !bot : bot) {
        if (!merge && bot) leftOut.botCommits++
        continue
      }
    }
    commitCounts[commit] = 1
  }
  return commitCounts
}

/** Crosses out the changes of files that are not wanted, and the commits that touched no other. */
function selectChanges(
  from: { block: HistoryBlock; commitCounts: Uint8Array; file: Int32Array; formerFile: Int32Array },
  wants: (file: number) => boolean,
): Pick<SelectedBlock, "commitCounts" | "file" | "formerFile" | "lines"> {
  const { commits, changes } = from.block
  const commitCounts = new Uint8Array(commits.length)
  // Others look at the same facts, and must not see what is crossed out here.
  const file = new Int32Array(changes.length)
  const formerFile = new Int32Array(changes.length)
  const added = new Float64Array(commits.length)
  const deleted = new Float64Array(commits.length)
  for (let commit = 0; commit < commits.length; commit++) {
    if (from.commitCounts[commit] === 0) continue
    const end = commits.firstChange[commit + 1]!
    for (let change = commits.firstChange[commit]!; change < end; change++) {
      const number = from.file[change]!
      const former = from.formerFile[change]!
      if (former !== 0 && wants(former)) {
        formerFile[change] = former
        commitCounts[commit] = 1
      }
      if (!wants(number)) continue
      file[change] = number
      commitCounts[commit] = 1
      if (!hasLines({ changes, file }, change)) continue
      added[commit]! += changes.added[change]!
      deleted[commit]! += changes.deleted[change]!
    }
  }
  return { commitCounts, file, formerFile, lines: { added, deleted } }
}

let nothing = new Int32Array(0)

/** In the view of lineages no change has any. Nobody writes into it, so that one will do for all blocks. */
function noFormerFiles(length: number): Int32Array {
  if (nothing.length < length) nothing = new Int32Array(2 * length)
  return nothing
}

/** Lines of a change that count: those of regular text files. Symbolic links and submodules are changes without lines. */
export function hasLines({ changes, file }: Pick<SelectedBlock, "changes" | "file">, change: number): boolean {
  return changes.added[change]! >= 0 && changes.kind[change] === 102 && file[change] !== 0
}
