import type { Schedule } from "@assay/core"
import { z } from "zod"
import { jobPath } from "./job-view.js"
import { timeSchema, toTime } from "./time.js"

export const scheduleSchema = z.object({
  id: z.string(),
  type: z.string().describe("Of the jobs it makes."),
  repository_id: z.int().nullable(),
  every: z.string().nullable().describe("`90s`, `15m`, `1h`, `7d`; null for one that goes by `cron`."),
  cron: z.string().nullable(),
  timezone: z.string().nullable().describe("That `cron` is meant in; null for one that goes by `every`."),
  priority: z.int().describe("Of the jobs it makes."),
  next_at: timeSchema.describe("When it makes its next job."),
  last_at: timeSchema.nullable().describe("The moment that its latest job was made for."),
  last_job_id: z.string().nullable(),
  created_at: timeSchema,
  links: z.object({ self: z.string(), repository: z.string().nullable(), last_job: z.string().nullable() }),
})

export function toScheduleView(schedule: Schedule, prefix: string): z.output<typeof scheduleSchema> {
  const { id, job, recurrence, lastJobId } = schedule
  const byCron = "cron" in recurrence
  return {
    id,
    type: job.type,
    repository_id: job.repositoryId ?? null,
    every: byCron ? null : toDuration(recurrence.everyMs),
    cron: byCron ? recurrence.cron : null,
    timezone: byCron ? (recurrence.timezone ?? "UTC") : null,
    priority: job.priority,
    next_at: toTime(schedule.nextAt),
    last_at: toTime(schedule.lastAt),
    last_job_id: lastJobId ?? null,
    created_at: toTime(schedule.createdAt),
    links: {
      self: schedulePath(id, prefix),
      repository: job.repositoryId === undefined ? null : `${prefix}/api/v1/repositories/${job.repositoryId}`,
      last_job: lastJobId === undefined ? null : jobPath(lastJobId, prefix),
    },
  }
}

export function schedulePath(id: string, prefix: string): string {
  return `${prefix}/api/v1/schedules/${id}`
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1000],
] as const

/** As it would be asked for: in the largest unit that it is a whole number of. */
function toDuration(ms: number): string {
  const [name, length] = units.find(([, unit]) => ms % unit === 0) ?? ["ms", 1]
  return `${ms / length}${name}`
}
