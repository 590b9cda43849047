/** What the order of commits depends on. One entry per commit. */
export interface UnorderedCommits {
  readonly oids: readonly string[]
  readonly parents: readonly (readonly string[])[]
  /** The committer's time, in seconds since 1970. */
  readonly committedAt: readonly number[]
}

export interface CommitOrder {
  /** Positions of the commits: parents before children, nearly chronological. */
  readonly positions: readonly number[]
  /** The corrected commit date of each, by position: its own time, or a second more than the largest of its parents'. */
  readonly ranks: Float64Array
}

/**
 * Orders commits by their corrected commit date, as git's generation numbers have it, and equal ones by their ids. The same
 * order comes out in whatever order they came. `knownRanks` are those of parents that are not among them.
 */
export function orderCommits(commits: UnorderedCommits, knownRanks: ReadonlyMap<string, number>): CommitOrder {
  const { oids, parents, committedAt } = commits
  const positionOf = new Map(oids.map((oid, position) => [oid, position]))
  const ranks = new Float64Array(oids.length).fill(NaN)
  // Git shows children first, nearly always; so from the end on, most parents are known when it is their child's turn.
  const waiting: number[] = []
  for (let last = oids.length - 1; last >= 0; last--) {
    waiting.push(last)
    while (waiting.length > 0) {
      const position = waiting.at(-1)!
      let rank = committedAt[position]!
      let complete = Number.isNaN(ranks[position]!)
      for (const parent of complete ? parents[position]! : []) {
        const at = positionOf.get(parent)
        const before = at === undefined ? knownRanks.get(parent) : ranks[at]!
        if (before === undefined) continue
        if (Number.isNaN(before)) {
          waiting.push(at!)
          complete = false
        } else if (before >= rank) rank = before + 1
      }
      if (complete) ranks[position] = rank
      if (!Number.isNaN(ranks[position]!)) waiting.pop()
    }
  }
  const positions = Array.from(oids.keys()).sort(
    (one, other) => ranks[one]! - ranks[other]! || (oids[one]! < oids[other]! ? -1 : 1),
  )
  return { positions, ranks }
}
