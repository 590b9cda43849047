import type { ColumnarInsert, Logger, Transaction } from "@assay/core"
import { AssayError } from "@assay/core"
import { Pool } from "pg"
import type { ClientConfig, PoolClient } from "pg"
import type { Listening, ListenOptions, PostgresDatabase } from "../database.js"
import { insertColumns, needsTransaction } from "../insert-columns.js"
import { mapError } from "../map-error.js"
import { createOutbox } from "../outbox.js"
import type { Outbox } from "../outbox.js"
import { aborted } from "../postgres-error.js"
import { PgListener } from "./pg-listener.js"
import { StatementRunner } from "./statement-runner.js"

export interface PgDatabaseOptions {
  settings: ClientConfig
  maxConnections: number
  /** Whether frequent statements are kept prepared on their connections. */
  prepares: boolean
  logger: Logger
}

/** A PostgreSQL server, through a pool of connections, and one more as soon as somebody listens. */
export class PgDatabase implements PostgresDatabase {
  readonly kind = "postgres"
  readonly exclusive = false
  readonly #pool: Pool
  readonly #listener: PgListener
  readonly #runner: StatementRunner
  readonly #outbox: Outbox
  #closing: Promise<void> | undefined

  constructor({ settings, maxConnections, prepares, logger }: PgDatabaseOptions) {
    // In pipeline mode what is asked at once is written at once, and answered in one round trip.
    this.#pool = new Pool({ ...settings, max: maxConnections, pipeline: true })
    this.#runner = new StatementRunner(prepares)
    this.#outbox = createOutbox((text, values) => this.query(text, values))
    // Without a listener of its own, a connection that dies, idle or in somebody's hands, would end the process.
    const report = (error: Error): void =>
      logger.warn({ error: mapError(error).message }, "a database connection was lost")
    this.#pool.on("error", report)
    this.#pool.on("connect", (client) => {
      client.on("error", () => {})
      // The planner thinks that unnest yields many rows, and compiling a statement for them takes seconds, each time.
      client.query("set jit = off").catch(() => {})
    })
    this.#listener = new PgListener(settings, logger)
  }

  async query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    const client = await this.#connect()
    let lost = false
    try {
      return await this.#runner.run<Row>(client, text, values)
    } catch (error) {
      lost = AssayError.isInstance(error)
      throw error
    } finally {
      client.release(lost)
    }
  }

  async exec(script: string): Promise<void> {
    await this.query(script)
  }

  async insertColumns(insert: ColumnarInsert): Promise<void> {
    if (needsTransaction(insert)) await this.transaction((transaction) => transaction.insertColumns(insert))
    else await insertColumns(this, insert)
  }

  async transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const client = await this.#connect()
    const transaction = new PgTransaction(client, this.#runner)
    let lost = false
    try {
      // Written together with the first statement. It fails only where that fails, too: when the connection is lost.
      client.query("begin").catch(() => {})
      const result = await work(transaction)
      transaction.end()
      await commit(client)
      return result
    } catch (error) {
      transaction.end()
      // A connection that cannot even roll back is not given to the next caller.
      await client.query("rollback").catch(() => (lost = true))
      this.#runner.forget(client)
      throw error
    } finally {
      client.release(lost)
    }
  }

  notify(channel: string, lines: readonly string[]): Promise<void> {
    return this.#outbox.send(channel, lines)
  }

  listen(channel: string, listener: (payload: string) => void, options: ListenOptions = {}): Promise<Listening> {
    return this.#listener.listen(channel, listener, options)
  }

  #connect(): Promise<PoolClient> {
    return this.#pool.connect().catch((error: unknown) => Promise.reject(mapError(error)))
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
  readonly #runner: StatementRunner
  #ended = false

  constructor(client: PoolClient, runner: StatementRunner) {
    this.#client = client
    this.#runner = runner
  }

  async query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    // The connection may be somebody else's by now.
    if (this.#ended) throw new Error("The transaction has ended.")
    return this.#runner.run<Row>(this.#client, text, values)
  }

  async exec(script: string): Promise<void> {
    await this.query(script)
  }

  async insertColumns(insert: ColumnarInsert): Promise<void> {
    await insertColumns(this, insert)
  }

  end(): void {
    this.#ended = true
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
