import type { Job } from "./job.js"
import type { Snapshot } from "./snapshot.js"
import { isFinished } from "./lifecycle.js"

/** What is registered: a remote repository that Assay may be asked to index, update, delete or analyse. */
export interface Repository {
  readonly id: number
  readonly tenant: string
  /** Where it is fetched from. Never holds credentials. */
  readonly url: string
  /** Equal for URLs that mean the same repository (`owner/repo`, with and without `.git`). Unique per tenant. */
  readonly key: string
  /** For people: `owner/repo`. */
  readonly name: string
  /** As asked for, or as found at the first fetch. */
  readonly defaultBranch: string | undefined
  /** The operator put it on the command line, so its URL may be a path, `http` or a private address. */
  readonly trusted: boolean
  /** The complete, published set of results that readers see. */
  readonly snapshot: Snapshot | undefined
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface NewRepository {
  readonly tenant: string
  readonly url: string
  readonly key: string
  readonly name: string
  readonly defaultBranch?: string
  readonly trusted: boolean
  /** A second creation with the same key returns the first one's repository. */
  readonly idempotencyKey?: string
}

/** `pending`, `indexing`, `completed` and `failed` are the words of the API; `deleting` is ours. */
export type RepositoryStatus = "pending" | "indexing" | "completed" | "failed" | "deleting"

/** The jobs that say how a repository stands. A question about it that has failed does not. */
export const repositoryJobTypes: readonly string[] = ["repository.index", "repository.update", "repository.delete"]

/**
 * How a repository stands, derived and never stored: from its published snapshot and the newest of its jobs of
 * {@link repositoryJobTypes}. A cancelled job leaves the repository as it was.
 */
export function repositoryStatus(repository: Repository, latestJob: Job | undefined): RepositoryStatus {
  const atRest = repository.snapshot ? "completed" : "pending"
  if (!latestJob || latestJob.state === "cancelled") return atRest
  if (latestJob.state === "failed") return "failed"
  if (isFinished(latestJob.state)) return atRest
  if (latestJob.type === "repository.delete") return "deleting"
  return latestJob.state === "running" ? "indexing" : "pending"
}
