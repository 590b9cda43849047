import type { Clock } from "../clock.js"
import { systemClock } from "../clock.js"
import type { Transaction } from "../database.js"
import { AssayError, RepositoryExistsError } from "../errors.js"
import type { Repository } from "../repository.js"
import type { RepositoryStore } from "../repository-store.js"
import { createCell } from "./cell.js"
import type { MemoryScheduleStore } from "./memory-schedule-store.js"

export interface MemoryRepositoryStoreOptions {
  /** What the store takes for the time. Default: the system's clock. */
  clock?: Pick<Clock, "now">
  /** Whose schedules go with their repository. */
  schedules?: MemoryScheduleStore
}

/** Keeps repositories in a map. Takes part in the transactions of a memory job store. */
export function createMemoryRepositoryStore(options: MemoryRepositoryStoreOptions = {}): RepositoryStore {
  const clock = options.clock ?? systemClock
  const now = (): Date => new Date(clock.now())
  const cell = createCell<MemoryRepositories>({ rows: new Map(), lastId: 0 }, ({ rows, lastId }) => ({
    rows: new Map(rows),
    lastId,
  }))
  const all = (state: MemoryRepositories, tenant: string): Row[] =>
    [...state.rows.values()].filter(({ repository }) => repository.tenant === tenant)

  const change = (id: number, facts: Partial<Repository>, transaction?: Transaction): Promise<Repository | undefined> =>
    cell.change(transaction, (state) => {
      const row = state.rows.get(id)
      if (!row) return undefined
      const repository = { ...row.repository, ...facts, updatedAt: now() }
      state.rows.set(id, { ...row, repository })
      return repository
    })

  return {
    create: (newRepository, transaction) =>
      cell.change(transaction, (state) => {
        const { idempotencyKey, defaultBranch, ...given } = newRepository
        const rows = all(state, given.tenant)
        const repeated = idempotencyKey !== undefined && rows.find((row) => row.idempotencyKey === idempotencyKey)
        if (repeated) {
          if (repeated.repository.url === given.url) return repeated.repository
          throw new AssayError("IDEMPOTENCY_MISMATCH", "That idempotency key was used before, with another URL.")
        }
        const existing = rows.find(({ repository }) => repository.key === given.key)
        if (existing) throw new RepositoryExistsError(given.url, existing.repository.id)

        const at = now()
        const repository = {
          ...given,
          id: ++state.lastId,
          defaultBranch,
          snapshot: undefined,
          createdAt: at,
          updatedAt: at,
        }
        state.rows.set(repository.id, { repository, idempotencyKey })
        return repository
      }),

    async get(id, tenant) {
      const repository = cell.state.rows.get(id)?.repository
      return repository?.tenant === tenant ? repository : undefined
    },
    findByKey: async (key, tenant) =>
      all(cell.state, tenant).find(({ repository }) => repository.key === key)?.repository,
    list: async ({ tenant, limit = 100, offset = 0 }) =>
      all(cell.state, tenant)
        .map(({ repository }) => repository)
        .sort(lastIndexedFirst)
        .slice(offset, offset + limit),
    count: async (tenant) => all(cell.state, tenant).length,

    update: (id, facts, transaction) => change(id, facts, transaction),
    publish: (id, snapshot, transaction) => change(id, { snapshot }, transaction),
    async remove(id, transaction) {
      const removed = await cell.change(transaction, (state) => {
        const repository = state.rows.get(id)?.repository
        state.rows.delete(id)
        return repository
      })
      if (removed) await options.schedules?.removeOfRepository(id, removed.tenant, transaction)
      return removed !== undefined
    },
  }
}

interface MemoryRepositories {
  readonly rows: Map<number, Row>
  lastId: number
}

interface Row {
  readonly repository: Repository
  readonly idempotencyKey: string | undefined
}

function lastIndexedFirst(a: Repository, b: Repository): number {
  const indexed = (repository: Repository): number => repository.snapshot?.publishedAt.getTime() ?? -Infinity
  return indexed(a) === indexed(b) ? b.id - a.id : indexed(b) > indexed(a) ? 1 : -1
}
