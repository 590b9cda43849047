import type { FeedEvent, JobReader } from "@assay/core"
import { Counter, Histogram } from "prom-client"
import type { Registry } from "prom-client"

const pageSize = 500
const pagesAtOnce = 20

export interface DurationMetrics {
  /** Observes what ended since it was asked before. Rejects when the store cannot be reached; nothing is left out then. */
  read(): Promise<void>
}

/**
 * How long jobs took, from the events that workers of all processes write. Each process that serves `/metrics` learns it for
 * itself, from the moment it began: a sum over several would count each job several times.
 */
export function addDurationMetrics(
  registry: Registry,
  events: Pick<JobReader, "feed" | "feedEnd" | "get">,
): DurationMetrics {
  const registers = [registry]
  const duration = new Histogram({
    name: "queue_job_duration_seconds",
    help: "From the beginning of a job's first attempt to its end.",
    labelNames: ["queue", "type", "outcome"],
    buckets: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
    registers,
  })
  const retries = new Counter({
    name: "assay_job_retries_total",
    help: "Attempts that did not succeed and that another one follows.",
    registers,
  })
  let cursor: string | undefined
  let reading: Promise<void> | undefined

  async function readNews(): Promise<void> {
    cursor ??= await events.feedEnd()
    for (let page = 0; page < pagesAtOnce; page++) {
      const rows = await events.feed({ after: cursor, limit: pageSize })
      const ended = rows.flatMap((row) => outcomeOf(row) ?? [])
      const jobs = await Promise.all(ended.map(({ jobId }) => events.get(jobId)))
      // From here on nothing can fail: what is observed is noted as observed.
      cursor = rows.at(-1)?.cursor ?? cursor
      retries.inc(rows.filter(({ type }) => type === "job.retrying").length)
      ended.forEach(({ outcome, at }, index) => {
        const job = jobs[index]
        if (!job?.startedAt) return
        const seconds = Math.max(0, at.getTime() - job.startedAt.getTime()) / 1000
        duration.observe({ queue: job.queue, type: job.type, outcome }, seconds)
      })
      if (rows.length < pageSize) return
    }
  }

  return {
    read: () =>
      (reading ??= readNews().finally(() => {
        reading = undefined
      })),
  }
}

function outcomeOf({ type, jobId, at }: FeedEvent) {
  const outcome = type === "job.succeeded" ? "succeeded" : type === "job.failed" ? "failed" : undefined
  return outcome === undefined ? undefined : { jobId, outcome, at }
}
