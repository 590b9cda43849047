/**
 * A server or a cluster, and what becomes of the connection to it. It connects by itself, and again after every loss, for as
 * long as it is open. Queues and notifiers that are made on it do not close it.
 */
export interface RedisConnection extends AsyncDisposable {
  /** Whether the server belongs to a cluster; `undefined` until that is known. */
  readonly cluster: boolean | undefined
  /** Whether commands can be sent at this moment. */
  readonly connected: boolean
  /**
   * Resolves when commands can be sent. Rejects with `INVALID_INPUT` as soon as it is clear that waiting is of no use (a wrong
   * password, a certificate that is not trusted, the wrong kind of port, a database other than 0 on a cluster), with
   * `UNAVAILABLE` when the time is over, with `ABORTED` by the signal, with `CLOSED` after `close`. Messages hold no secrets.
   */
  ready(options?: ReadyOptions): Promise<void>
  /** Calls `listener` when the connection came back, or came at last. Returns a function that stops it. */
  onRestored(listener: () => void): () => void
  /** Safe to call twice. */
  close(): Promise<void>
}

export interface ReadyOptions {
  readonly signal?: AbortSignal
  /** In milliseconds. @default 10,000 */
  readonly timeoutMs?: number
}
