import type { RepositoryJob, RepositoryResults } from "../assay.js"
import type { JobProgressView } from "../output/job-progress.js"

/**
 * Shows a job until it is done and returns what it found. Rejects as `RepositoryJob.result` does, and with the signal's
 * reason when that aborts; the job itself goes on then.
 */
export async function followJob(
  job: RepositoryJob,
  view: JobProgressView,
  signal: AbortSignal,
): Promise<RepositoryResults> {
  try {
    for await (const event of job.events({ signal })) view.show(event)
  } finally {
    view.close()
  }
  signal.throwIfAborted()
  return job.result({ signal })
}
