import type { FactScope } from "./fact-scope.js"

/** Ends the membership of commits that the snapshot `removedIn` no longer has. */
export async function retireCommits(scope: FactScope, oids: readonly string[], removedIn: number): Promise<void> {
  await scope.transaction((transaction) =>
    transaction.query(
      `update assay.commits set removed_in = $2
      where repository_id = $1 and oid = any($3::bytea[]) and removed_in is null`,
      [scope.repositoryId, removedIn, toBytes(oids)],
    ),
  )
}

/** How many commits the snapshot `removedIn` no longer has. */
export async function countRetiredCommits(scope: FactScope, removedIn: number): Promise<number> {
  const [row] = await scope.transaction((transaction) =>
    transaction.query<{ count: number }>(
      "select count(*)::int as count from assay.commits where repository_id = $1 and removed_in = $2",
      [scope.repositoryId, removedIn],
    ),
  )
  return row!.count
}

export interface KnownCommit {
  readonly oid: string
  readonly id: number
  /** The corrected commit date. */
  readonly rank: number
}

/** Which of these commits are there. */
export async function findCommits(scope: FactScope, oids: readonly string[]): Promise<KnownCommit[]> {
  if (oids.length === 0) return []
  return scope.transaction((transaction) =>
    transaction.query<KnownCommit & Record<string, unknown>>(
      `select encode(oid, 'hex') as oid, id, rank from assay.commits
      where repository_id = $1 and removed_in is null and oid = any($2::bytea[])`,
      [scope.repositoryId, toBytes(oids)],
    ),
  )
}

function toBytes(oids: readonly string[]): Buffer[] {
  return oids.map((oid) => Buffer.from(oid, "hex"))
}
