import type {
  Attempt,
  AttemptOutcome,
  FeedEvent,
  Job,
  JobEvent,
  JobEventData,
  JobEventType,
  JobFailure,
  JobId,
  JobProgress,
  JobState,
  Json,
  Repository,
  Snapshot,
} from "@assay/core"

/** Rows ↔ nouns. The only file that knows what the columns are called. */

type Nullable<Value> = Value | null

/** All columns of `assay.jobs` that a job is made of, for `select` and `returning`. */
export const jobColumns = [
  ...["id", "tenant", "type", "queue", "input", "repository_id", "priority", "conflict_key", "exclusive_key"],
  ...[
    "idempotency_key",
    "limit_key",
    "timeout_ms",
    "state",
    "fence",
    "attempts",
    "max_attempts",
    "crashes",
    "max_crashes",
    "run_at",
  ],
  ...["lease_until", "worker", "cancel_requested_at", "cancel_reason", "rerun_requested", "stage", "progress"],
  ...["result", "failure", "secrets", "event_number", "created_at", "started_at", "finished_at"],
]
  .map((column) => `jobs.${column}`)
  .join(", ")

export interface JobRow {
  id: JobId
  tenant: string
  type: string
  queue: string
  input: Json
  repository_id: Nullable<number>
  priority: number
  conflict_key: Nullable<string>
  exclusive_key: Nullable<string>
  idempotency_key: Nullable<string>
  limit_key: Nullable<string>
  timeout_ms: number
  state: JobState
  fence: number
  attempts: number
  max_attempts: number
  crashes: number
  max_crashes: number
  run_at: Date
  lease_until: Nullable<Date>
  worker: Nullable<string>
  cancel_requested_at: Nullable<Date>
  cancel_reason: Nullable<string>
  rerun_requested: boolean
  stage: Nullable<string>
  progress: Nullable<JobProgress>
  result: Nullable<Json>
  failure: Nullable<JobFailure>
  secrets: Record<string, string>
  event_number: number
  created_at: Date
  started_at: Nullable<Date>
  finished_at: Nullable<Date>
}

export function toJob(row: JobRow): Job {
  return {
    id: row.id,
    tenant: row.tenant,
    type: row.type,
    queue: row.queue,
    input: row.input,
    repositoryId: row.repository_id ?? undefined,
    priority: row.priority,
    conflictKey: row.conflict_key ?? undefined,
    exclusiveKey: row.exclusive_key ?? undefined,
    idempotencyKey: row.idempotency_key ?? undefined,
    limitKey: row.limit_key ?? undefined,
    timeoutMs: row.timeout_ms,
    state: row.state,
    fence: row.fence,
    attempts: row.attempts,
    maxAttempts: row.max_attempts,
    crashes: row.crashes,
    maxCrashes: row.max_crashes,
    runAt: row.run_at,
    leaseUntil: row.lease_until ?? undefined,
    worker: row.worker ?? undefined,
    cancelRequestedAt: row.cancel_requested_at ?? undefined,
    cancelReason: row.cancel_reason ?? undefined,
    rerunRequested: row.rerun_requested,
    stage: row.stage ?? undefined,
    progress: row.progress ?? undefined,
    result: row.result ?? undefined,
    failure: row.failure ?? undefined,
    secrets: row.secrets,
    eventNumber: row.event_number,
    createdAt: row.created_at,
    startedAt: row.started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
  }
}

export interface AttemptRow {
  job_id: JobId
  fence: number
  worker: string
  started_at: Date
  ended_at: Nullable<Date>
  outcome: Nullable<AttemptOutcome>
  failure: Nullable<JobFailure>
}

export function toAttempt(row: AttemptRow): Attempt {
  return {
    jobId: row.job_id,
    fence: row.fence,
    worker: row.worker,
    startedAt: row.started_at,
    endedAt: row.ended_at ?? undefined,
    outcome: row.outcome ?? undefined,
    failure: row.failure ?? undefined,
  }
}

export interface EventRow {
  job_id: JobId
  number: number
  tenant: string
  type: JobEventType
  state: JobState
  fence: number
  data: JobEventData
  at: Date
}

export function toEvent(row: EventRow): JobEvent {
  const { number, job_id: jobId, tenant, type, state, fence, data, at } = row
  return { number, jobId, tenant, type, state, fence, data, at }
}

export interface FeedRow extends EventRow {
  position: number
}

export function toFeedEvent(row: FeedRow): FeedEvent {
  return { ...toEvent(row), cursor: String(row.position) }
}

/** Whether {@link toFeedEvent} can have made it. */
export function isFeedCursor(cursor: string): boolean {
  return /^\d{1,15}$/.test(cursor)
}

export interface RepositoryRow {
  id: number
  tenant: string
  url: string
  key: string
  name: string
  default_branch: Nullable<string>
  trusted: boolean
  snapshot: Nullable<Omit<Snapshot, "publishedAt"> & { publishedAt: string }>
  created_at: Date
  updated_at: Date
}

export function toRepository(row: RepositoryRow): Repository {
  return {
    id: row.id,
    tenant: row.tenant,
    url: row.url,
    key: row.key,
    name: row.name,
    defaultBranch: row.default_branch ?? undefined,
    trusted: row.trusted,
    snapshot: row.snapshot ? { ...row.snapshot, publishedAt: new Date(row.snapshot.publishedAt) } : undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
