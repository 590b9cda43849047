import type { Clock } from "./clock.js"
import { AssayError } from "./errors.js"
import type { JobEvent, JobProgressEvent } from "./events.js"
import type { Job, JobId } from "./job.js"
import { isFinished } from "./lifecycle.js"
import type { Notifier } from "./notifier.js"
import type { JobReader } from "./store.js"

/** How often a follower looks by itself, because a notification may be lost. */
const lookAgainMs = 2000

/**
 * Every event of a job above `after`, in order and once, then what follows live, with progress in between. Ends after the
 * job finished and its last event was given, and when `signal` aborts. Rejects with `JOB_NOT_FOUND`.
 */
export async function* followEvents(
  sources: Pick<JobReader, "get" | "events"> & { notifier: Notifier; clock: Clock },
  jobId: JobId,
  options: { after?: number; signal?: AbortSignal } = {},
): AsyncGenerator<JobEvent | JobProgressEvent, void, undefined> {
  const { notifier, clock } = sources
  const { signal } = options
  const news = createNews()
  signal?.addEventListener("abort", news.tell, { once: true })
  let progressed = false
  // Subscribed before the first read: what happens in between is told.
  const subscription = await notifier.subscribe({ jobId }, (notification) => {
    if (notification.kind === "progress") progressed = true
    news.tell()
  })
  try {
    let last = options.after ?? 0
    while (!signal?.aborted) {
      const told = news.next()
      const job = await sources.get(jobId)
      if (!job) throw new AssayError("JOB_NOT_FOUND", `There is no job ${jobId}.`)
      for (let rows = await sources.events(jobId, last); rows.length > 0; rows = await sources.events(jobId, last)) {
        for (const row of rows) {
          last = row.number
          yield row
          if (signal?.aborted) return
        }
      }
      if (isFinished(job.state) && last >= job.eventNumber) return
      // Events that are newer than the job as it was read may have ended it: progress must not follow an end.
      if (progressed && job.state === "running" && job.progress && last <= job.eventNumber) {
        progressed = false
        yield progressEvent(job)
      }
      if (last < job.eventNumber) continue
      const waiting = new AbortController()
      await Promise.race([told, clock.sleep(lookAgainMs, waiting.signal)])
      waiting.abort()
    }
  } finally {
    signal?.removeEventListener("abort", news.tell)
    await subscription.close()
  }
}

function progressEvent(job: Job): JobProgressEvent {
  const { done = 0, total, unit } = job.progress ?? {}
  return {
    number: job.eventNumber,
    jobId: job.id,
    tenant: job.tenant,
    type: "job.progress",
    state: job.state,
    fence: job.fence,
    data: {
      done,
      ...(total === undefined ? {} : { total, percent: total > 0 ? Math.min(100, (100 * done) / total) : 100 }),
      ...(unit === undefined ? {} : { unit }),
      ...(job.stage === undefined ? {} : { stage: job.stage }),
    },
    at: new Date(),
  }
}

/** A bell that stays rung until somebody asks for the next one. */
function createNews(): { tell: () => void; next: () => Promise<void> } {
  let tell!: () => void
  let promise = new Promise<void>((resolve) => (tell = resolve))
  return {
    tell: () => {
      tell()
    },
    next: () => {
      promise = new Promise<void>((resolve) => (tell = resolve))
      return promise
    },
  }
}
