import { jobStates } from "@assay/core"
import type { JobCounts, JobState, WorkerStatus } from "@assay/core"
import { z } from "zod"
import { timeSchema, toTime } from "./time.js"

const utilisation = z.number().min(0).max(1).describe("`busy` of `concurrency`, 0 to 1.")

export const workerSchema = z.object({
  id: z.string().describe("As in attempts."),
  host: z.string(),
  pid: z.int(),
  started_at: timeSchema,
  seen_at: timeSchema.describe("When it was last heard of."),
  queues: z.array(z.object({ name: z.string(), concurrency: z.int(), types: z.array(z.string()) })),
  concurrency: z.int().describe("Jobs it can work on at once, over all queues."),
  busy: z.int().describe("Jobs it works on now."),
  utilisation,
  stopping: z.boolean().describe("It takes no more work."),
})

export function toWorkerView(worker: WorkerStatus): z.output<typeof workerSchema> {
  const { id, host, pid, queues, busy, stopping } = worker
  const concurrency = queues.reduce((sum, queue) => sum + queue.concurrency, 0)
  return {
    id,
    host,
    pid,
    started_at: toTime(worker.startedAt),
    seen_at: toTime(worker.seenAt),
    queues: queues.map(({ name, concurrency: atOnce, types }) => ({ name, concurrency: atOnce, types: [...types] })),
    concurrency,
    busy,
    utilisation: share(busy, concurrency),
    stopping,
  }
}

export const queueSchema = z.object({
  name: z.string(),
  paused: z.boolean().describe("None of its jobs is started."),
  jobs: z.object(Object.fromEntries(jobStates.map((state) => [state, z.int()])) as Record<JobState, z.ZodInt>).extend({
    begun: z.int().describe("Of those that wait: in progress all the same, because they wait for something outside."),
  }),
  workers: z.int().describe("That take jobs from it."),
  concurrency: z.int().describe("Jobs these can work on at once."),
  busy: z.int().describe("Jobs that run."),
  utilisation,
  links: z.object({ self: z.string(), pause: z.string(), resume: z.string(), drain: z.string() }),
})

export interface QueueFacts {
  readonly name: string
  readonly paused: boolean
  readonly counts: JobCounts
  /** All that live. */
  readonly workers: readonly WorkerStatus[]
}

export function toQueueView(facts: QueueFacts, prefix: string): z.output<typeof queueSchema> {
  const { name, paused, counts } = facts
  const listening = facts.workers
    .filter(({ stopping }) => !stopping)
    .flatMap(({ queues }) => queues.filter((queue) => queue.name === name))
  const concurrency = listening.reduce((sum, queue) => sum + queue.concurrency, 0)
  const path = `${prefix}/api/v1/queues/${name}`
  return {
    name,
    paused,
    jobs: counts,
    workers: listening.length,
    concurrency,
    busy: counts.running,
    utilisation: share(counts.running, concurrency),
    links: { self: `${path}/stats`, pause: `${path}/pause`, resume: `${path}/resume`, drain: `${path}/drain` },
  }
}

function share(busy: number, concurrency: number): number {
  return concurrency === 0 ? 0 : Math.min(1, Math.round((busy / concurrency) * 1000) / 1000)
}
