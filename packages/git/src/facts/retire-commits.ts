import type { FactScope } from "./fact-scope.js"

/** Ends the membership of commits that the snapshot `removedIn` no longer has. */
export async function retireCommits(scope: FactScope, oids: readonly string[], removedIn: number): Promise<void> {
  await scope.transaction((transaction) =>
    transaction.query(
      `update assay.commits set removed_in = $2
      where repository_id = $1 and oid = any($3::bytea[]) and removed_in is null`,
      [scope.repositoryId, removedIn, oids.map((oid) => Buffer.from(oid, "hex"))],
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
