import type { Database } from "@assay/core"

/** The paths of these ids, in the order of the ids; of all without. */
export async function readPaths(
  { database, repositoryId }: { database: Pick<Database, "query">; repositoryId: number },
  ids?: Iterable<number>,
): Promise<ReadonlyMap<number, string>> {
  const rows = await database.query<{ id: number; path: string }>(
    ids === undefined
      ? "select id, path from assay.paths where repository_id = $1 order by id"
      : "select id, path from assay.paths where repository_id = $1 and id = any($2::int[]) order by id",
    ids === undefined ? [repositoryId] : [repositoryId, [...ids]],
  )
  return new Map(rows.map(({ id, path }) => [id, path]))
}
