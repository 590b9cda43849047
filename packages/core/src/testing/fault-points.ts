import type { Queue } from "../queue.js"
import type { JobReader, JobStore } from "../store.js"

/**
 * The moments between two lasting effects, at which the end of a process leaves something half done:
 *
 * - `before-enqueue`, `after-enqueue`: the job is not there yet; it is there, and nobody was told
 * - `after-publish`: the bell was rung, and the store does not know
 * - `after-mark`: the store knows
 * - `after-claim`: the attempt owns the job, and its handler has not begun
 * - `before-complete`: the handler is through, and nothing of how it ended is written
 * - `before-commit`: everything is written, in a transaction that is still open
 * - `after-commit`: the job is done, and neither the worker nor the queue know
 * - `after-sweep`: what has to be done for others was found, and is not done
 */
export const faultPoints = [
  "before-enqueue",
  "after-enqueue",
  "after-publish",
  "after-mark",
  "after-claim",
  "before-complete",
  "before-commit",
  "after-commit",
  "after-sweep",
] as const

export type FaultPoint = (typeof faultPoints)[number]

/**
 * The same store and queue, which call `reach` at each fault point and wait for it. A test ends the process there, or
 * lets something else happen. Everything that lasts goes through these two contracts, so that core needs no hooks.
 */
export function withFaultPoints<Store extends JobStore & JobReader>(
  parts: { store: Store; queue: Queue },
  reach: (point: FaultPoint) => void | Promise<void>,
): { store: Store; queue: Queue } {
  const { store, queue } = parts
  const faultyStore: Store = {
    ...store,

    async enqueue(jobs, transaction) {
      await reach("before-enqueue")
      const enqueued = await store.enqueue(jobs, transaction)
      await reach("after-enqueue")
      return enqueued
    },

    async dispatched(jobIds) {
      await store.dispatched(jobIds)
      await reach("after-mark")
    },

    async claim(request) {
      const claim = await store.claim(request)
      if (claim.jobs.length > 0) await reach("after-claim")
      return claim
    },

    async apply(changes, transaction) {
      const completes = changes.some((change) => change.transition === "complete")
      if (completes) await reach("before-complete")
      const answers = await store.apply(changes, transaction)
      if (completes) await reach(transaction ? "before-commit" : "after-commit")
      return answers
    },

    async transaction(work) {
      const result = await store.transaction(work)
      await reach("after-commit")
      return result
    },

    async sweep(request) {
      const sweep = await store.sweep(request)
      if (sweep.undispatched.length + sweep.expired.length > 0) await reach("after-sweep")
      return sweep
    },
  }
  const faultyQueue: Queue = {
    ...queue,
    async publish(hints) {
      await queue.publish(hints)
      await reach("after-publish")
    },
  }
  return { store: faultyStore, queue: faultyQueue }
}
