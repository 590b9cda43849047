import { protocol } from "@electric-sql/pglite"
import type { messages, PGlite } from "@electric-sql/pglite"
import { frequentName } from "../frequent.js"
import { mapError } from "../map-error.js"
import { PostgresError } from "../postgres-error.js"
import { parserOf, toParameter } from "../values.js"
import type { ColumnParser } from "../values.js"

// Long enough to keep a burst of small statements cheap, short enough for timers and sockets to be served.
const longestBurstMs = 4
const preparedStatements = 200

/**
 * The one session of a PGlite, spoken to in PostgreSQL's own protocol. PGlite's `query` crosses into WebAssembly six times
 * per statement; one message that holds them all, with the statement kept prepared, is four times as fast.
 *
 * Statements run on the calling thread and take no time as far as the event loop can tell, so after a few milliseconds of
 * them the session lets timers and sockets have their turn.
 */
export class PgliteSession {
  readonly #pglite: PGlite
  readonly #parser = new protocol.Parser()
  readonly #prepared = new Map<string, string>()
  readonly #onNotification: (channel: string, payload: string) => void
  #statements = 0
  #tuning: Tuning = "by cost"
  #tail: Promise<unknown> = Promise.resolve()
  #yieldedAt = performance.now()

  constructor(pglite: PGlite, onNotification: (channel: string, payload: string) => void) {
    this.#pglite = pglite
    this.#onNotification = onNotification
  }

  /** Runs `work` when all that was asked for earlier is done, and lets nothing else in before it settles. */
  exclusive<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#tail.then(work)
    this.#tail = result.catch(() => {})
    return result
  }

  /** To be called by whoever has the session to itself. */
  async query(text: string, values: readonly unknown[] = []): Promise<Record<string, unknown>[]> {
    const isNew = !this.#prepared.has(text)
    const answer = this.#send(this.#toMessage(text, values))
    if (answer.error) {
      this.#tuning = "unknown"
      const error = mapError(answer.error)
      // Not even prepared, or made for tables that have changed since.
      if (isNew || (PostgresError.isInstance(error) && error.code === "0A000")) this.#unprepare(text)
      throw error
    }
    await this.#yield()
    return answer.rows
  }

  /** Like {@link query} for scripts; returns the tag of the last command (`COMMIT`). */
  async exec(script: string): Promise<string> {
    // A script may change the tables that prepared statements were made for.
    if (this.#prepared.size > 0 && !shortCommand.test(script)) {
      this.#prepared.clear()
      this.#send(protocol.serialize.query("deallocate all"))
    }
    const answer = this.#send(protocol.serialize.query(script))
    // Undone with the transaction in which it was set.
    if (answer.error || answer.command === "ROLLBACK") this.#tuning = "unknown"
    if (answer.error) throw mapError(answer.error)
    await this.#yield()
    return answer.command
  }

  #toMessage(text: string, values: readonly unknown[]): Uint8Array {
    const { serialize } = protocol
    const parts: Uint8Array[] = []
    const tuning = frequentName(text) === undefined ? "by cost" : "by index"
    if (this.#tuning !== tuning) {
      this.#tuning = tuning
      parts.push(tuning === "by index" ? byIndex : byCost)
    }
    let statement = this.#prepared.get(text)
    if (statement === undefined) {
      if (this.#prepared.size >= preparedStatements) this.#unprepare(this.#prepared.keys().next().value as string)
      statement = `s${++this.#statements}`
      parts.push(serialize.parse({ name: statement, text }))
      this.#prepared.set(text, statement)
    }
    parts.push(
      serialize.bind({ statement, values: values.map(toParameter) }),
      serialize.describe({ type: "P" }),
      serialize.execute({}),
      serialize.sync(),
    )
    return Buffer.concat(parts)
  }

  #unprepare(text: string): void {
    const name = this.#prepared.get(text)
    if (name === undefined) return
    this.#prepared.delete(text)
    this.#send(Buffer.concat([protocol.serialize.close({ type: "S", name }), protocol.serialize.sync()]))
  }

  #send(message: Uint8Array): Answer {
    const answer = new Answer()
    let failure: unknown
    // The bytes are a view of WebAssembly memory, and the parser may keep a part of them for the next call.
    const onRawData = (bytes: Uint8Array): void => {
      try {
        this.#parser.parse(bytes.slice(), (part) => this.#take(answer, part))
      } catch (error) {
        failure ??= error
      }
    }
    // Resolves on a microtask, but has called back by the time it returns.
    this.#pglite
      .execProtocolRawStream(message, { syncToFs: false, onRawData })
      .catch((error: unknown) => (failure ??= error))
    if (failure !== undefined) throw failure
    return answer
  }

  #take(answer: Answer, part: messages.BackendMessage): void {
    if (part.name === "notification") {
      const { channel, payload } = part as messages.NotificationResponseMessage
      this.#onNotification(channel, payload)
    } else answer.take(part)
  }

  async #yield(): Promise<void> {
    if (performance.now() - this.#yieldedAt < longestBurstMs) return
    await new Promise((resolve) => setImmediate(resolve))
    this.#yieldedAt = performance.now()
  }
}

/** Statements that change no table, and are too frequent to forget what is prepared. */
const shortCommand = /^(begin|commit|rollback|listen|unlisten|savepoint|release|checkpoint|vacuum|analyze|set|reset)\b/

/**
 * How the session plans. Planning a statement takes PGlite several times as long as running it, so frequent ones keep their
 * plan; it must not be one that reads whole tables because they were small when it was made.
 */
type Tuning = "by cost" | "by index" | "unknown"

const byIndex = protocol.serialize.query(
  "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off",
)
const byCost = protocol.serialize.query(
  "set plan_cache_mode = force_custom_plan; set enable_seqscan = on; set enable_hashjoin = on; set enable_mergejoin = on",
)

class Answer {
  readonly rows: Record<string, unknown>[] = []
  error: unknown
  command = ""
  #names: string[] = []
  #parsers: ColumnParser[] = []

  take(part: messages.BackendMessage): void {
    if (part.name === "dataRow") this.rows.push(this.#toRow((part as messages.DataRowMessage).fields))
    else if (part.name === "rowDescription") {
      const { fields } = part as messages.RowDescriptionMessage
      this.#names = fields.map((field) => field.name)
      this.#parsers = fields.map((field) => parserOf(field.dataTypeID))
    } else if (part.name === "commandComplete") this.command = (part as messages.CommandCompleteMessage).text
    else if (part.name === "error") this.error ??= part
  }

  #toRow(fields: readonly (string | null)[]): Record<string, unknown> {
    const row: Record<string, unknown> = {}
    for (let index = 0; index < fields.length; index++) {
      const text = fields[index] as string | null
      row[this.#names[index] as string] = text === null ? null : (this.#parsers[index] as ColumnParser)(text)
    }
    return row
  }
}
