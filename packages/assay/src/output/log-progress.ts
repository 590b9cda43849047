import type { JobEvent, JobProgressEvent, Logger } from "@assay/core"
import type { JobProgressView } from "./job-progress.js"

/** Says what a job is doing in the log: its stages, and how far each is now and then. */
export function createLogProgress(logger: Logger, options: { everyMs?: number } = {}): JobProgressView {
  const { everyMs = 10_000 } = options
  let lastAt = -Infinity
  return {
    show(event: JobEvent | JobProgressEvent) {
      if (event.type === "job.stage") {
        lastAt = performance.now()
        logger.info({ jobId: event.jobId, stage: event.data.stage }, "stage entered")
      } else if (event.type === "job.progress" && performance.now() - lastAt >= everyMs) {
        lastAt = performance.now()
        logger.info({ jobId: event.jobId, ...event.data }, "progress")
      }
    },
    close() {},
  }
}
