import type { FactScope } from "./fact-scope.js"

/** Which of these commits were read for the snapshot `addedIn`, by an earlier attempt. */
export async function findKnownCommits(
  scope: FactScope,
  oids: readonly string[],
  addedIn: number,
): Promise<ReadonlySet<string>> {
  const rows = await scope.transaction((transaction) =>
    transaction.query<{ oid: string }>(
      `select encode(oid, 'hex') as oid from assay.commits
      where repository_id = $1 and added_in = $2 and removed_in is null and oid = any($3::bytea[])`,
      [scope.repositoryId, addedIn, oids.map((oid) => Buffer.from(oid, "hex"))],
    ),
  )
  return new Set(rows.map(({ oid }) => oid))
}

/** How many commits were read for the snapshot `addedIn` so far. */
export async function countKnownCommits(scope: FactScope, addedIn: number): Promise<number> {
  const [row] = await scope.transaction((transaction) =>
    transaction.query<{ count: number }>(
      "select count(*)::int as count from assay.commits where repository_id = $1 and added_in = $2",
      [scope.repositoryId, addedIn],
    ),
  )
  return row!.count
}
