import type { FactScope } from "./fact-scope.js"

/** Ends the membership of commits that the snapshot `removedIn` no longer has. Returns how many there were. */
export async function retireCommits(scope: FactScope, oids: readonly string[], removedIn: number): Promise<number> {
  return scope.transaction(async (transaction) => {
    const [row] = await transaction.query<{ count: number }>(
      `with retired as (
        update assay.commits set removed_in = $2
        where repository_id = $1 and oid = any($3::bytea[]) and removed_in is null
        returning 1
      ) select count(*)::int as count from retired`,
      [scope.repositoryId, removedIn, oids.map((oid) => Buffer.from(oid, "hex"))],
    )
    return row!.count
  })
}
