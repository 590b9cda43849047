import type { Announcer } from "./announcer.js"
import { ringable } from "./dispatcher.js"
import type { Dispatcher } from "./dispatcher.js"
import type { EnqueuedJob } from "./store.js"

/** Tells, and rings, what is to be known of a job that the store has just taken. */
export async function announceEnqueued(
  { job, added, displaced }: EnqueuedJob,
  by: { announcer: Announcer; dispatcher: Dispatcher; expectSweep: (inMs: number) => void },
  delayMs: number,
): Promise<void> {
  by.announcer.events(added ? [job, ...displaced] : displaced)
  for (const other of displaced) if (other.state === "running") by.announcer.cancel(other)
  if (added && job.state === "queued") await by.dispatcher.ring([ringable(job)])
  if (job.state === "scheduled") by.expectSweep(delayMs)
}
