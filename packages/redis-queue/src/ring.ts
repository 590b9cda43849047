import { isJobId } from "@assay/core"
import type { Hint } from "@assay/core"
import type { JobsOptions } from "bullmq"

/** What BullMQ calls a job is a ring here: its id is the job's, and its data a copy of the priority. There is nothing else. */
export interface Ring {
  readonly name: string
  readonly data: { readonly priority: number }
  readonly opts: JobsOptions
}

/** Tells our rings from whatever somebody else may put into the same queue. */
const ringName = "ring"

/** The lowest of BullMQ, which counts downwards. */
const leastUrgent = 2_097_151

/**
 * The id keeps a job that has not been heard from ringing twice: BullMQ ignores an id that it holds.
 *
 * Most rings have no priority, and BullMQ's plain list is much cheaper than its ordered one, but goes before it. So what is
 * urgent goes to the front of the list, and only what can wait is ordered, behind it. The store decides in any case.
 */
export function toRing({ jobId, priority }: Hint): Ring {
  const place: JobsOptions =
    priority > 0 ? { lifo: true } : priority < 0 ? { priority: Math.min(Math.ceil(-priority), leastUrgent) } : {}
  return { name: ringName, data: { priority }, opts: { jobId, ...place } }
}

/** `undefined` for what is no ring of ours. */
export function readRing(found: { id?: string | undefined; name: string; data: unknown }): Hint | undefined {
  const { id = "", name, data } = found
  const priority: unknown = typeof data === "object" && data !== null && "priority" in data ? data.priority : undefined
  if (name !== ringName || !isJobId(id) || typeof priority !== "number") return undefined
  return { jobId: id, priority }
}
