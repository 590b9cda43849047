import { setImmediate } from "node:timers/promises"
import type { Mirror } from "../mirror/mirror.js"
import type { Identity } from "../parse/parse-log.js"
import { readCommits } from "./read-commits.js"

/** What came between two commits: what the one reaches and the other does not. */
export interface Since<Author = Identity> {
  /** Merges are not counted. */
  readonly commits: number
  readonly authors: readonly Author[]
}

/** Up to so many pairs, git is asked for each; beyond, for the whole history once. */
const fewPairs = 12

/** One pair of commits. Without `before`, everything that `commit` reaches counts. */
export interface CommitPair {
  readonly commit: string
  readonly before: string | undefined
}

/** Counts what came between the commits of each pair. `tip` reaches all of them. */
export async function countSince(
  mirror: Mirror,
  pairs: readonly CommitPair[],
  { tip, signal }: { tip: string; signal?: AbortSignal | undefined },
): Promise<Since[]> {
  if (pairs.length > fewPairs) {
    const history = await readHistory(mirror, tip, signal)
    return (await countSinceIn(history, pairs, signal)).map((since) => ({ ...since, authors: distinct(since.authors) }))
  }
  const counted: Since[] = []
  for (const { commit, before } of pairs) {
    const authors = new Set<Identity>()
    let commits = 0
    const exclude = before === undefined ? [] : [before]
    for await (const batch of readCommits(mirror, { tips: [commit], exclude, merges: "none", signal })) {
      commits += batch.length
      for (const { author } of batch) authors.add(author)
    }
    counted.push({ commits, authors: distinct(authors) })
  }
  return counted
}

/** All commits of a history, parents before their children. */
export interface KnownHistory<Author> {
  readonly oids: readonly string[]
  readonly parents: readonly (readonly string[])[]
  /** Whoever is the same person's identity is the same value. */
  readonly authors: ArrayLike<Author>
}

/**
 * The same as `countSince`, where the history has been read already. Others have their turn in between: a thousand releases of a
 * hundred thousand commits take most of a second, in which no lease would be renewed.
 */
export async function countSinceIn<Author>(
  history: KnownHistory<Author>,
  pairs: readonly CommitPair[],
  signal?: AbortSignal,
): Promise<Since<Author>[]> {
  const graph = toGraph(history)
  const counted: Since<Author>[] = []
  let pausedAt = performance.now()
  for (const pair of pairs) {
    counted.push(walk(graph, pair))
    if (performance.now() - pausedAt < longestTurnMs) continue
    await setImmediate()
    signal?.throwIfAborted()
    pausedAt = performance.now()
  }
  return counted
}

const longestTurnMs = 20

interface Graph<Author> {
  readonly places: ReadonlyMap<string, number>
  /** The places of the parents of each commit. */
  readonly parents: readonly (readonly number[])[]
  readonly authors: ArrayLike<Author>
}

function toGraph<Author>({ oids, parents, authors }: KnownHistory<Author>): Graph<Author> {
  const places = new Map(oids.map((oid, place) => [oid, place]))
  return { places, parents: parents.map((own) => own.flatMap((oid) => places.get(oid) ?? [])), authors }
}

async function readHistory(
  mirror: Mirror,
  tip: string,
  signal: AbortSignal | undefined,
): Promise<KnownHistory<Identity>> {
  const oids: string[] = []
  const parentOids: (readonly string[])[] = []
  const authors: Identity[] = []
  for await (const batch of readCommits(mirror, { tips: [tip], order: "topological", signal })) {
    for (const { oid, parents, author } of batch) {
      oids.push(oid)
      parentOids.push(parents)
      authors.push(author)
    }
  }
  return { oids: oids.reverse(), parents: parentOids.reverse(), authors: authors.reverse() }
}

const wanted = 1
const unwanted = 2

/** Goes from the newest place to older ones, and ends when all that is left can be reached from both. */
function walk<Author>({ places, parents, authors }: Graph<Author>, { commit, before }: CommitPair): Since<Author> {
  const marks = new Map<number, number>()
  const start = places.get(commit)
  const end = before === undefined ? undefined : places.get(before)
  if (start === undefined) return { commits: 0, authors: [] }
  marks.set(start, wanted)
  if (end !== undefined) marks.set(end, (marks.get(end) ?? 0) | unwanted)
  let open = end === start ? 0 : 1
  let commits = 0
  const found = new Set<Author>()
  for (let place = Math.max(start, end ?? 0); place >= 0 && open > 0; place--) {
    const mark = marks.get(place)
    if (mark === undefined) continue
    marks.delete(place)
    const own = parents[place]!
    if (mark === wanted) {
      open--
      if (own.length < 2) {
        commits++
        found.add(authors[place]!)
      }
    }
    for (const parent of own) {
      const known = marks.get(parent) ?? 0
      const next = known | mark
      if (known !== wanted && next === wanted) open++
      if (known === wanted && next !== wanted) open--
      marks.set(parent, next)
    }
  }
  return { commits, authors: [...found] }
}

/** The parser may have read the same person twice. */
function distinct(authors: Iterable<Identity>): Identity[] {
  return [...new Map(Array.from(authors, (author) => [`${author.name}\0${author.email}`, author])).values()]
}
