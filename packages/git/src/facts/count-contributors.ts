import type { HistoryBlock, IdentityFacts } from "./snapshot-facts.js"

/** What a person did in non-merge commits. */
export interface ContributorCounts {
  readonly personId: number
  /** A person with several names is called by the one with most commits. */
  readonly name: string
  readonly email: string
  readonly bot: boolean
  readonly commits: number
  readonly additions: number
  readonly deletions: number
  /** Distinct paths; a rename touches both of its paths. */
  readonly filesTouched: number
  /** By the authors' clocks, in seconds since 1970. */
  readonly firstCommitAt: number
  readonly lastCommitAt: number
}

export interface HistoryCounts {
  readonly contributors: readonly ContributorCounts[]
  readonly commits: number
  readonly merges: number
  readonly additions: number
  readonly deletions: number
  /** When the commit that was asked for was committed, in seconds since 1970. */
  readonly committedAt: number | undefined
}

interface Counting {
  commits: number
  additions: number
  deletions: number
  first: number
  last: number
  touched: Set<number>
}

/** Counts a history, person by person. `tip` is the id of the commit whose time is wanted. */
export async function countHistory(
  history: AsyncIterable<HistoryBlock>,
  { people, tip }: { people: readonly IdentityFacts[]; tip: number | undefined },
): Promise<HistoryCounts> {
  const authored = new Map<number, Counting>()
  let commits = 0
  let merges = 0
  let committedAt: number | undefined
  for await (const block of history) {
    commits += block.commits.length
    for (let at = 0; at < block.commits.length; at++) {
      if (block.commits.id[at] === tip) committedAt = block.commits.committedAt[at]
      if (block.commits.merge[at]) merges++
      else countCommit(block, { at, counts: countsOf(authored, block.commits.authorId[at]!) })
    }
  }

  const identities = new Map<number, { identity: IdentityFacts; counts: Counting }[]>()
  for (const identity of people) {
    const counts = authored.get(identity.id)
    if (!counts) continue
    const known = identities.get(identity.personId) ?? []
    known.push({ identity, counts })
    identities.set(identity.personId, known)
  }
  const contributors = Array.from(identities, ([personId, known]) => sumUp(personId, known))
  const total = (what: "additions" | "deletions"): number =>
    contributors.reduce((sum, contributor) => sum + contributor[what], 0)
  return { contributors, commits, merges, additions: total("additions"), deletions: total("deletions"), committedAt }
}

function countsOf(authored: Map<number, Counting>, author: number): Counting {
  let counts = authored.get(author)
  if (!counts) {
    counts = { commits: 0, additions: 0, deletions: 0, first: Infinity, last: -Infinity, touched: new Set() }
    authored.set(author, counts)
  }
  return counts
}

function countCommit({ commits, changes }: HistoryBlock, { at, counts }: { at: number; counts: Counting }): void {
  const authoredAt = commits.authoredAt[at]!
  counts.commits++
  if (authoredAt < counts.first) counts.first = authoredAt
  if (authoredAt > counts.last) counts.last = authoredAt
  for (let change = commits.firstChange[at]!; change < commits.firstChange[at + 1]!; change++) {
    counts.additions += Math.max(changes.added[change]!, 0)
    counts.deletions += Math.max(changes.deleted[change]!, 0)
    counts.touched.add(changes.pathId[change]!)
    const old = changes.oldPathId[change]!
    if (old !== 0) counts.touched.add(old)
  }
}

function sumUp(personId: number, known: readonly { identity: IdentityFacts; counts: Counting }[]): ContributorCounts {
  const names = new Map<string, { identity: IdentityFacts; commits: number }>()
  const touched = known.length === 1 ? known[0]!.counts.touched : new Set<number>()
  let [commits, additions, deletions, first, last] = [0, 0, 0, Infinity, -Infinity]
  for (const { identity, counts } of known) {
    const key = `${identity.personName}\0${identity.bot}`
    names.set(key, { identity, commits: (names.get(key)?.commits ?? 0) + counts.commits })
    commits += counts.commits
    additions += counts.additions
    deletions += counts.deletions
    first = Math.min(first, counts.first)
    last = Math.max(last, counts.last)
    if (known.length > 1) for (const path of counts.touched) touched.add(path)
  }
  const [usual] = [...names.values()].sort(
    (one, other) =>
      other.commits - one.commits ||
      Buffer.compare(Buffer.from(one.identity.personName), Buffer.from(other.identity.personName)) ||
      Number(one.identity.bot) - Number(other.identity.bot),
  )
  return {
    ...{ personId, name: usual!.identity.personName, email: usual!.identity.personEmail, bot: usual!.identity.bot },
    ...{ commits, additions, deletions, filesTouched: touched.size, firstCommitAt: first, lastCommitAt: last },
  }
}
