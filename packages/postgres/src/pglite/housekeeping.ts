import type { Logger } from "@assay/core"
import type { PgliteSession } from "./pglite-session.js"

const statementsBetweenLooks = 256
const logBytesBetweenCheckpoints = 32 * 1024 * 1024

/**
 * What a server does in background processes that PGlite does not have. Without checkpoints the write-ahead log grows for
 * as long as the process lives, and is replayed from its beginning after a crash; without autovacuum, tables that change
 * all the time, as jobs do, fill with dead rows, and plans are made for tables as they were when empty.
 */
export class Housekeeping {
  readonly #session: PgliteSession
  readonly #logger: Logger
  #statements = 0
  #checkpointAt: number | undefined

  constructor(session: PgliteSession, logger: Logger) {
    this.#session = session
    this.#logger = logger
  }

  /** Called by whoever has the session to itself, outside of a transaction. Nearly always does nothing. */
  async afterStatement(): Promise<void> {
    if (this.#statements++ % statementsBetweenLooks !== 0) return
    try {
      await this.#look()
    } catch (error) {
      this.#logger.warn({ error }, "the housekeeping of the embedded database failed")
    }
  }

  async #look(): Promise<void> {
    const [row] = await this.#session.query("select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint as position")
    const position = Number(row?.["position"])
    this.#checkpointAt ??= position
    if (position - this.#checkpointAt < logBytesBetweenCheckpoints) return
    this.#checkpointAt = position
    // What was counted in the last second would not be seen yet.
    await this.#session.exec("select pg_stat_force_next_flush()")
    for (const { command } of await this.#session.query(dueTables)) await this.#session.exec(command as string)
    await this.#session.exec("checkpoint")
  }
}

/** With the thresholds of PostgreSQL's autovacuum. */
const dueTables = `
  select case when dead then 'vacuum (analyze, truncate off) ' else 'analyze ' end || name as command
  from (
    select format('%I.%I', schemaname, relname) as name,
      n_dead_tup > 50 + 0.2 * n_live_tup as dead,
      n_mod_since_analyze > 50 + 0.1 * n_live_tup as changed
    from pg_stat_user_tables
  ) as tables
  where dead or changed`
