import type { Timeouts } from "../http/phase-timer.js"

/** What every call takes beside its input. */
export interface CallOptions {
  /** Ends the call with `ABORTED`, wherever it is. */
  signal?: AbortSignal | undefined
  /** Milliseconds, over those of the client, for this call. */
  timeouts?: Partial<Timeouts> | undefined
}
