import type { Clock } from "../clock.js"
import { systemClock } from "../clock.js"
import type { JobReader } from "../store.js"
import type { WorkerRegistry, WorkerReport } from "../worker-registry.js"

export interface MemoryWorkerRegistryOptions {
  /** Whose running jobs make workers busy. */
  jobs: Pick<JobReader, "list">
  /** What the registry takes for the time. Default: the system's clock. */
  clock?: Pick<Clock, "now">
}

/** Knows the workers of this process. */
export function createMemoryWorkerRegistry(options: MemoryWorkerRegistryOptions): WorkerRegistry {
  const { jobs, clock = systemClock } = options
  const known = new Map<string, { report: WorkerReport; startedAt: Date; seenAt: Date; until: number }>()

  async function countBusy(): Promise<Map<string | undefined, number>> {
    const busy = new Map<string | undefined, number>()
    let cursor: string | undefined
    do {
      const page = await jobs.list({ states: ["running"], limit: 1000, ...(cursor === undefined ? {} : { cursor }) })
      for (const { worker } of page.jobs) busy.set(worker, (busy.get(worker) ?? 0) + 1)
      cursor = page.cursor
    } while (cursor !== undefined)
    return busy
  }

  return {
    async report(report, liveForMs) {
      const now = clock.now()
      for (const [id, { until }] of known) if (until <= now && id !== report.id) known.delete(id)
      const startedAt = known.get(report.id)?.startedAt ?? new Date(now)
      known.set(report.id, {
        report: { ...report, queues: [...report.queues] },
        startedAt,
        seenAt: new Date(now),
        until: now + liveForMs,
      })
    },
    async live() {
      const busy = await countBusy()
      return [...known.values()]
        .filter(({ until }) => until > clock.now())
        .map(({ report, startedAt, seenAt }) => ({ ...report, startedAt, seenAt, busy: busy.get(report.id) ?? 0 }))
        .sort((a, b) => (a.id < b.id ? -1 : 1))
    },
    async leave(workerId) {
      known.delete(workerId)
    },
  }
}
