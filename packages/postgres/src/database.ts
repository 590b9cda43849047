import type { Database } from "@assay/core"

/** A database that {@link openDatabase} opened: core's contract, and what only PostgreSQL has. */
export interface PostgresDatabase extends Database, AsyncDisposable {
  /** `pglite`: PostgreSQL compiled to WebAssembly, inside this process. */
  readonly kind: "postgres" | "pglite"
  /**
   * True for a local folder and for memory: nobody else can have it open, so whatever was running when it was opened has
   * died, and leases may be expired at once instead of waited for.
   */
  readonly exclusive: boolean
  /**
   * Sends `lines` to whoever listens on `channel`, in the order of the calls, as many as fit in one notification. Resolves
   * when they are committed. Lines are short (below 7,900 bytes) and hold no line breaks.
   */
  notify(channel: string, lines: readonly string[]): Promise<void>
  /**
   * Calls `listener` with the payload of each NOTIFY on `channel` that commits from now on. Resolves when the server
   * listens. However many channels there are, they share one connection, which heals by itself.
   */
  listen(channel: string, listener: (payload: string) => void, options?: ListenOptions): Promise<Listening>
}

export interface ListenOptions {
  /** Called when the connection came back after it was lost: notifications sent in between were not heard. */
  onRestored?: () => void
}

export interface Listening {
  /** Safe to call twice. */
  close(): Promise<void>
}
