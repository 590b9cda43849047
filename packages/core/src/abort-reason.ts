import { AssayError } from "./errors.js"
import type { Lease } from "./job.js"

/** Why a handler's signal aborts. Its code decides what becomes of the attempt. */
export const abortReason = {
  cancelled: () => new AssayError("JOB_CANCELLED", "The job was cancelled."),
  shutdown: () => new AssayError("CLOSED", "The worker shuts down.", { retryable: true }),
  timeout: (ms: number) => new AssayError("JOB_TIMEOUT", `The attempt took longer than ${ms} ms.`, { retryable: true }),
  staleLease: (lease: Lease, cause?: unknown) =>
    new AssayError("STALE_LEASE", `Attempt ${lease.fence} no longer owns job ${lease.jobId}.`, { cause }),
}
