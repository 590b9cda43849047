import { Worker } from "bullmq"
import type { Job, JobJson } from "bullmq"

/** A worker whose jobs are fetched by hand, and that survives what is no JSON: it becomes a job without data. */
export class RingWorker extends Worker {
  override createJob(json: JobJson, jobId: string): Job {
    return super.createJob(isJson(json.data) ? json : { ...json, data: "{}" }, jobId)
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
