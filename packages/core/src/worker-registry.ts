/** A worker that lives, as everybody can see it. */
export interface WorkerStatus {
  /** As in leases and attempts. */
  readonly id: string
  readonly host: string
  readonly pid: number
  readonly startedAt: Date
  /** When it was last heard of. */
  readonly seenAt: Date
  readonly queues: readonly WorkerQueue[]
  /** Whether it takes no more work because it was told to stop. */
  readonly stopping: boolean
  /** Jobs whose lease it holds, counted from the jobs: it cannot be wrong about them. */
  readonly busy: number
}

export interface WorkerQueue {
  readonly name: string
  /** Jobs at once. */
  readonly concurrency: number
  readonly types: readonly string[]
}

export type WorkerReport = Omit<WorkerStatus, "seenAt" | "startedAt" | "busy">

/**
 * Knows which workers live. Nothing depends on it but what people are shown: leases decide who owns a job. Prove an
 * implementation with `describeWorkerRegistry` from `@assay/core/testing`.
 */
export interface WorkerRegistry {
  /**
   * The worker lives, and is expected to say so again within `liveForMs` milliseconds. The first report is its
   * `startedAt`. Also forgets those not heard of for long.
   */
  report(worker: WorkerReport, liveForMs: number): Promise<void>
  /** Those who kept what they said at their latest report. By their ids. */
  live(): Promise<WorkerStatus[]>
  /** It ends in good order. One that is not known is fine. */
  leave(workerId: string): Promise<void>
}
