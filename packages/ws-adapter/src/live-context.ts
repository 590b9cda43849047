import type { Clock, Logger } from "@assay/core"
import type { Authorize } from "./access.js"
import type { EventHub } from "./event-hub.js"

/** What the transports share. */
export interface LiveContext {
  readonly hub: EventHub
  readonly authorize: Authorize
  readonly corsOrigins: readonly string[]
  readonly clock: Clock
  readonly logger: Logger
}

/** What does not end by itself within this time, in milliseconds, is torn down. */
export const goodbyeMs = 300

/** Calls `work` every `ms` until the hub closes. */
export async function repeatedly({ clock, hub }: LiveContext, ms: number, work: () => void): Promise<void> {
  for (;;) {
    await clock.sleep(ms, hub.closing)
    if (hub.closing.aborted) return
    work()
  }
}
