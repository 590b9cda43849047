import type { Database, JobId, Sweep, SweepRequest } from "@assay/core"
import { toJob } from "./rows.js"
import type { JobRow } from "./rows.js"
import * as statements from "./statements/sweep.js"
import { tryAgain } from "./try-again.js"

export async function sweepJobs(database: Database, request: SweepRequest, time: Date | undefined): Promise<Sweep> {
  const { limit, redispatchAfterMs } = request
  const [sight] = await database.query<Sight>(statements.lookAround, [time])
  if (!sight?.unfinished) return nothing

  const moved = sight.due ? await tryAgain(() => database.query<JobRow>(statements.moveDue, [time, limit])) : []
  const waiting =
    sight.queued || moved.length > 0
      ? await database.query<WaitingRow>(statements.selectUndispatched, [time, limit, redispatchAfterMs])
      : []
  const expired = sight.expired ? await database.query<JobRow>(statements.selectExpired, [time, limit]) : []
  const [next] = await database.query<{ next_in_ms: number | null }>(statements.selectNext, [
    time,
    expired.map(({ id }) => id),
  ])
  return {
    due: moved.map(toJob),
    undispatched: waiting.map(({ id, queue, priority }) => ({ jobId: id, queue, priority })),
    expired: expired.map(toJob),
    nextInMs: next?.next_in_ms === null || next === undefined ? undefined : Math.max(0, Math.ceil(next.next_in_ms)),
    unfinished: true,
  }
}

interface Sight {
  due: boolean | null
  expired: boolean
  queued: boolean
  unfinished: boolean
}

interface WaitingRow {
  id: JobId
  queue: string
  priority: number
}

const nothing: Sweep = { due: [], undispatched: [], expired: [], nextInMs: undefined, unfinished: false }
