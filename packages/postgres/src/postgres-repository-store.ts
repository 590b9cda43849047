import { AssayError, RepositoryExistsError } from "@assay/core"
import type { Clock, Database, NewRepository, Repository, RepositoryStore, Transaction } from "@assay/core"
import { toRepository } from "./rows.js"
import type { RepositoryRow } from "./rows.js"
import * as statements from "./statements/repositories.js"

export interface PostgresRepositoryStoreOptions {
  /** Migrated with `postgresMigrations`. Stays the caller's to close. */
  database: Database
  /** What the store takes for the time, in tests. Default: the database's clock. */
  clock?: Pick<Clock, "now">
}

/** Keeps repositories in the schema `assay`. */
export function createPostgresRepositoryStore({ database, clock }: PostgresRepositoryStoreOptions): RepositoryStore {
  const time = (): Date | undefined => clock && new Date(clock.now())
  const one = async (on: Transaction, text: string, values: unknown[]): Promise<Repository | undefined> => {
    const [row] = await on.query<RepositoryRow>(text, values)
    return row && toRepository(row)
  }

  /** What stands in the way of a new repository: itself, if it was created before. */
  async function findExisting(on: Transaction, repository: NewRepository): Promise<Repository | undefined> {
    const { tenant, key, url, idempotencyKey } = repository
    const values = [tenant, key, idempotencyKey]
    const [row] = await on.query<RepositoryRow & { repeated: boolean }>(statements.selectByEitherKey, values)
    if (!row) return undefined
    if (!row.repeated) throw new RepositoryExistsError(url, row.id)
    if (row.url === url) return toRepository(row)
    throw new AssayError("IDEMPOTENCY_MISMATCH", "That idempotency key was used before, with another URL.")
  }

  return {
    async create(repository, transaction) {
      const on = transaction ?? database
      const { tenant, url, key, name, defaultBranch, trusted, idempotencyKey } = repository
      const values = [time(), tenant, url, key, name, defaultBranch, trusted, idempotencyKey]
      // Looked for first, because an insert that finds the key taken uses up a number.
      for (;;) {
        const created = (await findExisting(on, repository)) ?? (await one(on, statements.insertRepository, values))
        if (created) return created
      }
    },

    get: (id, tenant) => one(database, statements.selectRepository, [id, tenant]),
    findByKey: (key, tenant) => one(database, statements.selectByKey, [tenant, key]),

    async list({ tenant, limit = 100, offset = 0 }) {
      const rows = await database.query<RepositoryRow>(statements.selectRepositories, [tenant, limit, offset])
      return rows.map(toRepository)
    },

    async count(tenant) {
      const [row] = await database.query<{ count: number }>(statements.countRepositories, [tenant])
      return row?.count ?? 0
    },

    update: (id, change, transaction) =>
      one(transaction ?? database, statements.updateRepository, [time(), id, change.defaultBranch]),

    publish: (id, snapshot, transaction) =>
      one(transaction, statements.publishSnapshot, [time(), id, snapshot, snapshot.publishedAt]),

    async remove(id, transaction) {
      return (await (transaction ?? database).query(statements.deleteRepository, [id])).length > 0
    },
  }
}
