import type { ColumnarInsert, Logger, Transaction } from "@assay/core"
import { AssayError } from "@assay/core"
import type { PGlite } from "@electric-sql/pglite"
import { Channels, quoteIdentifier } from "../channels.js"
import type { Listening, ListenOptions, PostgresDatabase } from "../database.js"
import { insertColumns, needsTransaction } from "../insert-columns.js"
import { createOutbox } from "../outbox.js"
import type { Outbox } from "../outbox.js"
import { aborted } from "../postgres-error.js"
import { Housekeeping } from "./housekeeping.js"
import { PgliteSession } from "./pglite-session.js"

export interface PgliteDatabaseOptions {
  pglite: PGlite
  logger: Logger
  /** Called once, after PGlite is closed: gives the folder back. */
  onClosed?: () => Promise<void>
}

const longTransactionMs = 10_000

/** PostgreSQL inside this process. It has one session, so transactions and statements take turns. */
export class PgliteDatabase implements PostgresDatabase {
  readonly kind = "pglite"
  readonly exclusive = true
  readonly #pglite: PGlite
  readonly #session: PgliteSession
  readonly #channels: Channels
  readonly #housekeeping: Housekeeping
  readonly #outbox: Outbox
  readonly #logger: Logger
  readonly #onClosed: () => Promise<void>
  #closing: Promise<void> | undefined

  constructor({ pglite, logger, onClosed }: PgliteDatabaseOptions) {
    this.#pglite = pglite
    this.#logger = logger
    this.#channels = new Channels((error) => logger.error({ error }, "a listener failed"))
    this.#session = new PgliteSession(pglite, (channel, payload) => {
      // Not while the statement that caused it is still being answered.
      queueMicrotask(() => this.#channels.notify(channel, payload))
    })
    this.#housekeeping = new Housekeeping(this.#session, logger)
    this.#outbox = createOutbox((text, values) => this.query(text, values))
    this.#onClosed = onClosed ?? (async () => {})
  }

  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    return this.#run(() => this.#session.query(text, values) as Promise<Row[]>)
  }

  async exec(script: string): Promise<void> {
    await this.#run(() => this.#session.exec(script))
  }

  async insertColumns(insert: ColumnarInsert): Promise<void> {
    if (needsTransaction(insert)) await this.transaction((transaction) => transaction.insertColumns(insert))
    else await insertColumns(this, insert)
  }

  transaction<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return this.#run(async () => {
      const transaction = new PgliteTransaction(this.#session)
      const long = setTimeout(() => this.#warnOfLongTransaction(), longTransactionMs).unref()
      await this.#session.exec("begin")
      try {
        const result = await work(transaction)
        if ((await this.#session.exec("commit")) === "ROLLBACK") throw aborted()
        return result
      } catch (error) {
        // Says "no transaction" as a notice only when the commit itself was refused.
        await this.#session.exec("rollback").catch(() => {})
        throw error
      } finally {
        clearTimeout(long)
        transaction.end()
      }
    })
  }

  notify(channel: string, lines: readonly string[]): Promise<void> {
    return this.#outbox.send(channel, lines)
  }

  async listen(channel: string, listener: (payload: string) => void, options: ListenOptions = {}): Promise<Listening> {
    const remove = this.#channels.add(channel, { listener, ...options })
    try {
      await this.exec(`listen ${quoteIdentifier(channel)}`)
    } catch (error) {
      remove()
      throw error
    }
    return {
      close: async () => {
        if (remove() && !this.#closing) await this.exec(`unlisten ${quoteIdentifier(channel)}`)
      },
    }
  }

  async close(): Promise<void> {
    this.#closing ??= this.#session.exclusive(async () => {
      try {
        await this.#pglite.close()
      } finally {
        await this.#onClosed()
      }
    })
    await this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** The most likely mistake, and the hardest to see: everything just stands still. */
  #warnOfLongTransaction(): void {
    this.#logger.warn(
      { seconds: longTransactionMs / 1000 },
      "a transaction is still open, and everybody else waits; does its work call the database instead of the transaction?",
    )
  }

  async #run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#closing) throw new AssayError("CLOSED", "The database was closed.")
    return this.#session.exclusive(async () => {
      const result = await work()
      await this.#housekeeping.afterStatement()
      return result
    })
  }
}

class PgliteTransaction implements Transaction {
  readonly #session: PgliteSession
  #ended = false

  constructor(session: PgliteSession) {
    this.#session = session
  }

  async query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    this.#check()
    return (await this.#session.query(text, values)) as Row[]
  }

  async exec(script: string): Promise<void> {
    this.#check()
    await this.#session.exec(script)
  }

  async insertColumns(insert: ColumnarInsert): Promise<void> {
    await insertColumns(this, insert)
  }

  end(): void {
    this.#ended = true
  }

  /** What comes after the end would run in somebody else's transaction. */
  #check(): void {
    if (this.#ended) throw new Error("The transaction has ended.")
  }
}
