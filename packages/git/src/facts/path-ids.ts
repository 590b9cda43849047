import type { Transaction } from "@assay/core"
import type { FactScope } from "./fact-scope.js"
import { repeated } from "./fact-scope.js"

/** Gives paths the small numbers by which facts refer to them. For one job at a time: it hands out the next ids itself. */
export interface PathIds {
  /** The id of each of these paths; those that have none yet get one, in this transaction. */
  find(transaction: Transaction, paths: ReadonlySet<string>): Promise<ReadonlyMap<string, number>>
}

export interface PathIdsOptions {
  /** How many paths are remembered between calls, beyond which all are forgotten. Default 100,000. */
  mostKept?: number
}

export async function createPathIds(scope: FactScope, options: PathIdsOptions = {}): Promise<PathIds> {
  const { tenant, repositoryId } = scope
  const mostKept = options.mostKept ?? 100_000
  const known = new Map<string, number>()
  let lastId = await scope.transaction(async (transaction) => {
    const [row] = await transaction.query<{ id: number }>(
      "select coalesce(max(id), 0) as id from assay.paths where repository_id = $1",
      [repositoryId],
    )
    return row!.id
  })
  /** Whether a path that is not known here is not in the database either. */
  let allKnown = lastId === 0

  return {
    async find(transaction, paths) {
      if (known.size > mostKept) {
        known.clear()
        allKnown = false
      }
      let missing = [...paths].filter((path) => !known.has(path))
      if (missing.length > 0 && !allKnown) {
        for (const { id, path } of await transaction.query<{ id: number; path: string }>(
          `select id, path from assay.paths
          where repository_id = $1 and md5(path)::uuid = any(array(select md5(path)::uuid from unnest($2::text[]) as path))`,
          [repositoryId, missing],
        )) {
          known.set(path, id)
        }
        missing = missing.filter((path) => !known.has(path))
      }
      if (missing.length > 0) {
        const ids = missing.map(() => ++lastId)
        missing.forEach((path, index) => known.set(path, ids[index]!))
        await transaction.insertColumns({
          table: "assay.paths",
          columns: { tenant: "text", repository_id: "int", id: "int", path: "text" },
          values: [repeated(tenant, ids.length), repeated(repositoryId, ids.length), ids, missing],
        })
      }
      return known
    },
  }
}
