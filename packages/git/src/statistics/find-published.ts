import { AssayError } from "@assay/core"
import type { Database, RepositoryReference, RepositoryStore } from "@assay/core"
import type { ReadySnapshot } from "../facts/snapshot-rows.js"
import { readReadySnapshot } from "../facts/snapshot-rows.js"

export interface StatisticsSources {
  database: Pick<Database, "query">
  repositories: Pick<RepositoryStore, "get">
}

/** The snapshot that an answer belongs to. It stays readable while the next one is being built, and after it is published. */
export async function findPublished(
  { database, repositories }: StatisticsSources,
  { id, tenant }: RepositoryReference,
): Promise<ReadySnapshot> {
  if (!(await repositories.get(id, tenant))) {
    throw new AssayError("REPOSITORY_NOT_FOUND", `There is no repository ${id}.`)
  }
  const published = await readReadySnapshot(database, { tenant, repositoryId: id })
  if (!published) throw new AssayError("SNAPSHOT_NOT_READY", `Repository ${id} has not been indexed yet.`)
  return published
}

/** From when on commits count: `days` before the snapshot's own commit. `undefined` if all do. */
export function startOfWindow(published: ReadySnapshot, days: number): Date | undefined {
  if (days <= 0 || !published.committedAt) return undefined
  return new Date(Math.max(published.committedAt.getTime() - days * 86_400_000, -8.64e15))
}
