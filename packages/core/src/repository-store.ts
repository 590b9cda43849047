import type { Transaction } from "./database.js"
import type { NewRepository, Repository } from "./repository.js"
import type { Snapshot } from "./snapshot.js"

/**
 * Remembers repositories. Every method sees one tenant only: another tenant's repository does not exist.
 *
 * Prove an implementation with `describeRepositoryStore` from `@assay/core/testing`.
 */
export interface RepositoryStore {
  /**
   * Rejects with `RepositoryExistsError` when the tenant has the key already. With an idempotency key that was used
   * before: returns that repository if the URL is the same, else rejects with `IDEMPOTENCY_MISMATCH`.
   */
  create(repository: NewRepository, transaction?: Transaction): Promise<Repository>
  get(id: number, tenant: string): Promise<Repository | undefined>
  findByKey(key: string, tenant: string): Promise<Repository | undefined>
  /** Last indexed first, those never indexed after them, newest first. */
  list(query: RepositoryQuery): Promise<Repository[]>
  count(tenant: string): Promise<number>
  /** The repository afterwards, or `undefined` when there is none. */
  update(id: number, change: RepositoryChange, transaction?: Transaction): Promise<Repository | undefined>
  /**
   * Makes `snapshot` the one that readers see, in the caller's transaction: they get the old complete set or the new one.
   * `undefined` when the repository is gone.
   */
  publish(id: number, snapshot: Snapshot, transaction: Transaction): Promise<Repository | undefined>
  /** Whether there was one to remove. Its schedules go with it; rows that other packages keep about it are theirs to remove. */
  remove(id: number, transaction?: Transaction): Promise<boolean>
}

export interface RepositoryQuery {
  readonly tenant: string
  /** 1 to 1,000. Default 100. */
  readonly limit?: number
  readonly offset?: number
}

export interface RepositoryChange {
  readonly defaultBranch?: string
}
