import type { ColumnarInsert, Logger, Transaction } from "@assay/core"
import { Pool } from "pg"
import type { ClientConfig, PoolClient } from "pg"
import type { Listening, ListenOptions, PostgresDatabase } from "../database.js"
import { insertColumns, needsTransaction } from "../insert-columns.js"
import { mapError } from "../map-error.js"
import { aborted } from "../postgres-error.js"
import { toParameter } from "../values.js"
import { PgListener } from "./pg-listener.js"

export interface PgDatabaseOptions {
  settings: ClientConfig
  maxConnections: number
  logger: Logger
}

/** A PostgreSQL server, through a pool of connections, and one more as soon as somebody listens. */
export class PgDatabase implements PostgresDatabase {
  readonly kind = "postgres"
  readonly exclusive = false
  readonly #pool: Pool
  readonly #listener: PgListener
  #closing: Promise<void> | undefined

  constructor({ settings, maxConnections, logger }: PgDatabaseOptions) {
    this.#pool = new Pool({ ...settings, max: maxConnections })
    // Without a listener of its own, a connection that dies, idle or in somebody's hands, would end the process.
    const report = (error: Error): void =>
      logger.warn({ error: mapError(error).message }, "a database connection was lost")
    this.#pool.on("error", report)
    this.#pool.on("connect", (client) => client.on("error", () => {}))
    this.#listener = new PgListener(settings, logger)
  }

  async query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    return runQuery<Row>(this.#pool, text, values)
  }

  async exec(script: string): Promise<void> {
    await runQuery(this.#pool, script)
  }

  async insertColumns(insert: ColumnarInsert): Promise<void> {
    if (needsTransaction(insert)) await this.transaction((transaction) => transaction.insertColumns(insert))
    else await insertColumns(this, insert)
  }

  async transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const client = await this.#pool.connect().catch((error: unknown) => Promise.reject(mapError(error)))
    const transaction = new PgTransaction(client)
    let broken = false
    try {
      await runQuery(client, "begin")
      const result = await work(transaction)
      await transaction.end()
      await commit(client)
      return result
    } catch (error) {
      await transaction.end()
      // A connection that cannot even roll back is not given to the next caller.
      await client.query("rollback").catch(() => (broken = true))
      throw error
    } finally {
      client.release(broken)
    }
  }

  listen(channel: string, listener: (payload: string) => void, options: ListenOptions = {}): Promise<Listening> {
    return this.#listener.listen(channel, listener, options)
  }

  async close(): Promise<void> {
    this.#closing ??= Promise.all([this.#pool.end(), this.#listener.close()]).then(() => {})
    await this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

class PgTransaction implements Transaction {
  readonly #client: PoolClient
  #last: Promise<unknown> = Promise.resolve()
  #ended = false

  constructor(client: PoolClient) {
    this.#client = client
  }

  async query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    // The connection may be somebody else's by now.
    if (this.#ended) throw new Error("The transaction has ended.")
    // `pg` wants to be asked one thing at a time.
    const answer = this.#last.then(() => runQuery<Row>(this.#client, text, values))
    this.#last = answer.catch(() => {})
    return answer
  }

  async exec(script: string): Promise<void> {
    await this.query(script)
  }

  async insertColumns(insert: ColumnarInsert): Promise<void> {
    await insertColumns(this, insert)
  }

  /** Resolves when what was asked is answered, even if nobody waited for it. */
  async end(): Promise<void> {
    this.#ended = true
    await this.#last
  }
}

async function runQuery<Row>(target: Pool | PoolClient, text: string, values?: readonly unknown[]): Promise<Row[]> {
  try {
    // Without parameters the simple protocol is used, which is the one that takes several statements at once.
    const result = values === undefined ? await target.query(text) : await target.query(text, values.map(toParameter))
    return (result as { rows?: Row[] }).rows ?? []
  } catch (error) {
    throw mapError(error)
  }
}

/** After a failed statement PostgreSQL answers `commit` with a rollback and no error. */
async function commit(client: PoolClient): Promise<void> {
  try {
    const { command } = await client.query("commit")
    if (command === "ROLLBACK") throw aborted()
  } catch (error) {
    throw mapError(error)
  }
}
