import type { Logger } from "@assay/core"
import { AssayError } from "@assay/core"
import { Client } from "pg"
import type { ClientConfig } from "pg"
import { Channels, quoteIdentifier } from "../channels.js"
import type { Listening, ListenOptions } from "../database.js"
import { mapError } from "../map-error.js"

const firstRetryMs = 100
const longestRetryMs = 5_000
const pulseMs = 30_000
const pulseTimeoutMs = 10_000

/**
 * All LISTENs of a database on one connection of its own, which is opened with the first and comes back by itself. A pool
 * would not do: a notification is told to the connection that listens, and pooled ones change hands.
 */
export class PgListener {
  readonly #settings: ClientConfig
  readonly #logger: Logger
  readonly #channels: Channels
  #client: Client | undefined
  #connecting: Promise<Client> | undefined
  #pulse: NodeJS.Timeout | undefined
  #retry: NodeJS.Timeout | undefined
  #closed = false

  constructor(settings: ClientConfig, logger: Logger) {
    this.#settings = settings
    this.#logger = logger
    this.#channels = new Channels((error) => logger.error({ error }, "a listener failed"))
  }

  async listen(channel: string, listener: (payload: string) => void, options: ListenOptions): Promise<Listening> {
    const remove = this.#channels.add(channel, { listener, ...options })
    try {
      const client = await this.#connected()
      await client.query(`listen ${quoteIdentifier(channel)}`)
    } catch (error) {
      remove()
      throw mapError(error)
    }
    return {
      close: async () => {
        if (remove()) await this.#client?.query(`unlisten ${quoteIdentifier(channel)}`).catch(() => {})
      },
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    clearInterval(this.#pulse)
    const client = this.#client ?? (await this.#connecting?.catch(() => undefined))
    this.#client = undefined
    await client?.end().catch(() => {})
  }

  /** The open connection, the one being opened, or a new one. */
  #connected(): Promise<Client> {
    if (this.#closed) return Promise.reject(new AssayError("CLOSED", "The database was closed."))
    if (this.#client) return Promise.resolve(this.#client)
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined))
    return this.#connecting
  }

  async #connect(): Promise<Client> {
    const client = new Client(this.#settings)
    client.on("error", (error) => this.#lost(client, error))
    client.on("end", () => this.#lost(client, undefined))
    client.on("notification", ({ channel, payload }) => this.#channels.notify(channel, payload ?? ""))
    await client.connect()
    try {
      for (const channel of this.#channels.names()) await client.query(`listen ${quoteIdentifier(channel)}`)
    } catch (error) {
      client.end().catch(() => {})
      throw error
    }
    this.#client = client
    this.#pulse = setInterval(() => void this.#checkPulse(client), pulseMs).unref()
    return client
  }

  #lost(client: Client, error: Error | undefined): void {
    if (this.#client !== client || this.#closed) return
    this.#client = undefined
    clearInterval(this.#pulse)
    client.end().catch(() => {})
    this.#logger.warn({ error: error?.message }, "the connection that listens was lost; trying again")
    this.#reconnect(firstRetryMs)
  }

  #reconnect(waitMs: number): void {
    if (this.#closed) return
    this.#retry = setTimeout(
      () => {
        this.#connected().then(
          () => this.#channels.restored(),
          () => this.#reconnect(Math.min(waitMs * 2, longestRetryMs)),
        )
      },
      // Processes that lost the same server at the same moment should not all come back at the same moment.
      waitMs * (0.5 + Math.random() / 2),
    ).unref()
  }

  /** A half-open connection says nothing, and LISTEN waits for ever: ask it something. */
  async #checkPulse(client: Client): Promise<void> {
    const timeout = setTimeout(() => {
      this.#lost(client, new Error("no answer"))
      ;(client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
    }, pulseTimeoutMs).unref()
    await client.query("select 1").catch(() => {})
    clearTimeout(timeout)
  }
}
