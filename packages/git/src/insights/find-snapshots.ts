import type { Database, InsightSnapshot, RepositoryReference } from "@assay/core"
import { snapshotsKept } from "../facts/collect-garbage.js"
import { factsFormat } from "../facts/snapshot-rows.js"

/** The snapshots whose facts can be read, newest first: the published one, and those kept for comparing with it. */
export async function findSnapshots(
  database: Pick<Database, "query">,
  { id, tenant }: RepositoryReference,
): Promise<InsightSnapshot[]> {
  const rows = await database.query<SnapshotRow>(
    `select number, encode(commit_oid, 'hex') as commit, branch, committed_at, published_at, state
    from assay.snapshots
    where repository_id = $1 and tenant = $2 and (format = $3 or state = 'building')
      and number > (select max(number) from assay.snapshots where repository_id = $1) - ${snapshotsKept} - 1
    order by number desc`,
    [id, tenant, factsFormat],
  )
  const stale = rows.some(({ state }) => state === "building")
  const published = rows.find(({ state }) => state === "ready")
  if (!published) return []
  return rows
    .filter(
      ({ number, state }) =>
        state !== "building" && number <= published.number && number > published.number - snapshotsKept,
    )
    .map((row) => ({
      ...{ number: row.number, commit: row.commit, branch: row.branch, committedAt: row.committed_at ?? undefined },
      ...{ publishedAt: row.published_at ?? undefined, stale, complete: true },
    }))
}

interface SnapshotRow {
  number: number
  commit: string
  branch: string
  committed_at: Date | null
  published_at: Date | null
  state: "building" | "ready" | "superseded"
}
