import type { Snapshot, SnapshotTotals, Transaction } from "@assay/core"
import type { FactScope } from "./fact-scope.js"

/** Grows when facts are read by other rules than before: what was read by the old ones is then read again. */
export const factsFormat = 3

/** The snapshot that readers see. */
export interface ReadySnapshot {
  readonly id: number
  readonly number: number
  readonly format: number
  readonly commit: string
  /** When the commit was committed; `undefined` without commits. */
  readonly committedAt: Date | undefined
  readonly branch: string
  readonly totals: SnapshotTotals
}

export async function readReadySnapshot(
  transaction: Pick<Transaction, "query">,
  { tenant, repositoryId }: Pick<FactScope, "tenant" | "repositoryId">,
): Promise<ReadySnapshot | undefined> {
  const [row] = await transaction.query<SnapshotRow>(
    `select ${snapshotColumns} from assay.snapshots where repository_id = $1 and tenant = $2 and state = 'ready'`,
    [repositoryId, tenant],
  )
  return row && { ...toSnapshot(row), format: row.format, committedAt: row.committed_at ?? undefined }
}

/** A snapshot that is being built. Its number is the name by which facts refer to it. */
export interface NewSnapshot {
  readonly number: number
  readonly commit: string
  /** The commit of the published snapshot, if its facts are built upon; `undefined` if everything is read. */
  readonly base: string | undefined
  readonly branch: string
  readonly jobId: string
  readonly fence: number
}

/** A snapshot that an attempt has not finished, or has not yet. */
export type UnfinishedSnapshot = Pick<NewSnapshot, "number" | "commit" | "base"> & {
  readonly format: number
  /** What was counted of lines cannot be gone on from. */
  readonly linesUnfinished: boolean
}

export async function readUnfinishedSnapshot(
  transaction: Transaction,
  { repositoryId }: FactScope,
): Promise<UnfinishedSnapshot | undefined> {
  const [row] = await transaction.query<
    Omit<UnfinishedSnapshot, "base"> & { base: string | null } & Record<string, unknown>
  >(
    `select number, format, lines_unfinished as "linesUnfinished", encode(commit_oid, 'hex') as commit, encode(base_oid, 'hex') as base
    from assay.snapshots where repository_id = $1 and state = 'building'`,
    [repositoryId],
  )
  return row && { ...row, base: row.base ?? undefined }
}

/** The number of the next snapshot. Numbers are never used twice, except that of a build that came to nothing. */
export async function nextSnapshotNumber(transaction: Transaction, { repositoryId }: FactScope): Promise<number> {
  const [row] = await transaction.query<{ number: number }>(
    `select coalesce(max(number), 0) + 1 as number from assay.snapshots
    where repository_id = $1 and state <> 'building'`,
    [repositoryId],
  )
  return row!.number
}

/** Says that a snapshot is being built, by this job from now on if it was begun by another. */
export async function beginSnapshot(transaction: Transaction, scope: FactScope, snapshot: NewSnapshot): Promise<void> {
  await transaction.query(
    `insert into assay.snapshots
      (tenant, repository_id, number, state, format, job_id, fence, commit_oid, base_oid, branch)
    values ($1, $2, $3, 'building', $4, $5, $6, $7, $8, $9)
    on conflict (repository_id, number) do update
      set job_id = excluded.job_id, fence = excluded.fence, branch = excluded.branch,
        lines_unfinished = false, first_facts = false`,
    [
      scope.tenant,
      scope.repositoryId,
      snapshot.number,
      factsFormat,
      snapshot.jobId,
      snapshot.fence,
      Buffer.from(snapshot.commit, "hex"),
      snapshot.base === undefined ? undefined : Buffer.from(snapshot.base, "hex"),
      snapshot.branch,
    ],
  )
}

/** Makes the snapshot that is being built the one that readers see. */
export async function publishSnapshot(transaction: Transaction, scope: FactScope): Promise<Snapshot> {
  await hideSnapshot(transaction, scope)
  const [row] = await transaction.query<SnapshotRow>(
    `update assay.snapshots set state = 'ready', published_at = now()
    where repository_id = $1 and state = 'building' returning ${snapshotColumns}`,
    [scope.repositoryId],
  )
  return { ...toSnapshot(row!), publishedAt: row!.published_at! }
}

/** Leaves readers without a snapshot. */
export async function hideSnapshot(transaction: Transaction, { repositoryId }: FactScope): Promise<void> {
  await transaction.query(
    "update assay.snapshots set state = 'superseded' where repository_id = $1 and state = 'ready'",
    [repositoryId],
  )
}

interface SnapshotRow {
  id: number
  number: number
  format: number
  commit: string
  committed_at: Date | null
  branch: string
  commits: number
  merge_commits: number
  contributors: number
  files: number
  lines: number
  additions: number
  deletions: number
  published_at: Date | null
}

const snapshotColumns = `id, number, format, encode(commit_oid, 'hex') as commit, committed_at, branch, commits,
  merge_commits, contributors, files, lines, additions, deletions, published_at`

function toSnapshot(row: SnapshotRow): Omit<Snapshot, "publishedAt"> {
  const { id, number, commit, branch, commits, contributors, files, lines, additions, deletions } = row
  const totals = { commits, mergeCommits: row.merge_commits, contributors, files, lines, additions, deletions }
  return { id, number, commit, branch, totals }
}
