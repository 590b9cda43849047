import type { PoolClient } from "pg"
import { frequentName } from "../frequent.js"
import { mapError } from "../map-error.js"
import { toParameter } from "../values.js"

/**
 * Runs statements on pooled connections, and keeps the frequent ones prepared there, with a plan that goes by the indexes
 * whatever the size of the tables: reading and planning them anew costs the server twice what running them does, and a
 * plan made by the size that a table had once is ruinous when it has grown.
 *
 * A connection is told which of the two it has to do with only when that changes, and in the same write as the statement.
 */
export class StatementRunner {
  readonly #prepares: boolean
  readonly #tuned = new WeakMap<PoolClient, Tuning>()

  constructor(prepares: boolean) {
    this.#prepares = prepares
  }

  async run<Row>(client: PoolClient, text: string, values?: readonly unknown[]): Promise<Row[]> {
    try {
      const result = (await this.#send(client, text, values)) as { rows?: Row[] }
      return result.rows ?? []
    } catch (error) {
      throw mapError(error)
    }
  }

  /** To be called after a rollback: it has undone what the connection was told in the transaction. */
  forget(client: PoolClient): void {
    this.#tuned.set(client, "unknown")
  }

  #send(client: PoolClient, text: string, values: readonly unknown[] | undefined): Promise<unknown> {
    const name = this.#prepares ? frequentName(text) : undefined
    this.#tune(client, name === undefined ? "by cost" : "by index")
    // Without parameters the simple protocol is used, which is the one that takes several statements at once.
    if (values === undefined) return client.query(text)
    const parameters = values.map(toParameter)
    return name === undefined
      ? client.query(text, parameters)
      : client.query({ name: `assay_${name}`, text, values: parameters })
  }

  #tune(client: PoolClient, tuning: "by cost" | "by index"): void {
    if (!this.#prepares || (this.#tuned.get(client) ?? "by cost") === tuning) return
    this.#tuned.set(client, tuning)
    // Where this fails, so does the statement behind it.
    client.query(tuning === "by index" ? byIndex : byCost).catch(() => this.forget(client))
  }
}

/** How a connection plans. A new one goes by cost. */
type Tuning = "by cost" | "by index" | "unknown"

// Without JIT, because a plan that is forced looks expensive enough for it, and compiling takes a second.
const settings = ["enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"]
const byIndex = ["set plan_cache_mode = force_generic_plan", ...settings.map((name) => `set ${name} = off`)].join("; ")
const byCost = ["reset plan_cache_mode", ...settings.map((name) => `reset ${name}`)].join("; ")
