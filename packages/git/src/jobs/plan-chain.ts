import { findCommits } from "../facts/commit-rows.js"
import { createIdentityIds } from "../facts/identity-ids.js"
import { readLedgerEnd, retireLedger } from "../facts/ledger-rows.js"
import { readCommits } from "../history/read-commits.js"
import type { Build } from "./build-snapshot.js"
import type { CollectedCommits } from "./collect-commits.js"
import type { PlannedBlock } from "./plan-blocks.js"

/** A commit of the first-parent chain. */
export interface ChainCommit {
  readonly oid: string
  /** Only of a merge: what it is compared with. */
  readonly parent: string | undefined
  readonly id: number
  readonly authorId: number
  /** In seconds since 1970. */
  readonly committedAt: number
}

/** The part of the first-parent chain whose lines are still to be counted, oldest first. */
export interface Chain {
  /** How many commits of it are counted already. */
  readonly firstPosition: number
  /** The running maximum of the committers' times so far. */
  readonly lastTime: number
  readonly commits: readonly ChainCommit[]
}

const oidsPerQuery = 5_000

/**
 * Finds out where the ledger of lines has to go on. What was counted stays if its last commit is still on the chain: then only
 * the new commits are left. Otherwise the chain is counted anew.
 */
export async function planChain(
  build: Build,
  work: { commits: CollectedCommits; blocks: readonly PlannedBlock[] },
): Promise<Chain> {
  const { scope, fetched, snapshot } = build
  const { suffix, outer } = followParents(fetched.tip, work)
  const end = await readLedgerEnd(scope)
  if (end) {
    const counted = suffix.findIndex(({ oid }) => oid === end.lastOid)
    if (counted !== -1 || outer === end.lastOid) {
      return { firstPosition: end.length, lastTime: end.lastTime, commits: suffix.slice(counted + 1) }
    }
    await retireLedger(scope, snapshot)
  }
  const commits = outer === undefined ? suffix : [...(await readKnownChain(build, outer)), ...suffix]
  return { firstPosition: 0, lastTime: -Infinity, commits }
}

/** The chain as far as it is among the new commits, oldest first, and the commit before it, if there is one. */
function followParents(
  tip: string,
  { commits, blocks }: { commits: CollectedCommits; blocks: readonly PlannedBlock[] },
): { suffix: ChainCommit[]; outer: string | undefined } {
  const places = new Map(commits.oids.map((oid, place) => [oid, place]))
  const firstId = blocks[0]?.firstCommitId ?? 0
  const suffix: ChainCommit[] = []
  let oid: string | undefined = tip
  for (;;) {
    const place: number | undefined = oid === undefined ? undefined : places.get(oid)
    if (oid === undefined || place === undefined) break
    const parents: readonly string[] = commits.parents[place]!
    suffix.push({
      oid,
      parent: parents.length > 1 ? parents[0] : undefined,
      id: firstId + place,
      authorId: commits.columns.authorId[place]!,
      committedAt: commits.columns.committedAt[place]!,
    })
    oid = parents[0]
  }
  return { suffix: suffix.reverse(), outer: oid }
}

/** The chain up to a commit that was read for an earlier snapshot. */
async function readKnownChain(build: Build, tip: string): Promise<ChainCommit[]> {
  const { scope, fetched, signal } = build
  const identityIds = await createIdentityIds(scope)
  const chain: Omit<ChainCommit, "id">[] = []
  for await (const commits of readCommits(fetched.mirror, { tips: [tip], firstParent: true, signal })) {
    for (const { oid, parents, author, committedAt } of commits) {
      const parent = parents.length > 1 ? parents[0] : undefined
      chain.push({ oid, parent, authorId: identityIds.get(author), committedAt: committedAt.seconds })
    }
  }
  const ids = new Map<string, number>()
  for (let start = 0; start < chain.length; start += oidsPerQuery) {
    const oids = chain.slice(start, start + oidsPerQuery).map(({ oid }) => oid)
    for (const { oid, id } of await findCommits(scope, oids)) ids.set(oid, id)
  }
  return chain.reverse().map((commit) => ({ ...commit, id: ids.get(commit.oid)! }))
}
