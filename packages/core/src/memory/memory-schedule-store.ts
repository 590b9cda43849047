import type { Clock } from "../clock.js"
import { systemClock } from "../clock.js"
import type { Transaction } from "../database.js"
import type { Schedule, ScheduleStore } from "../schedule.js"
import { createCell } from "./cell.js"

export interface MemoryScheduleStoreOptions {
  /** What the store takes for the time. Default: the system's clock. */
  clock?: Pick<Clock, "now">
}

export interface MemoryScheduleStore extends ScheduleStore {
  /** What the memory repository store calls when it removes a repository. */
  removeOfRepository(repositoryId: number, tenant: string, transaction?: Transaction): Promise<void>
}

/** Keeps schedules in a map. */
export function createMemoryScheduleStore(options: MemoryScheduleStoreOptions = {}): MemoryScheduleStore {
  const clock = options.clock ?? systemClock
  const cell = createCell<Map<string, Schedule>>(new Map(), (schedules) => new Map(schedules))
  const keyOf = ({ tenant, id }: Pick<Schedule, "tenant" | "id">): string => JSON.stringify([tenant, id])

  return {
    put: (given) =>
      cell.change(undefined, (schedules) => {
        const known = schedules.get(keyOf(given))
        const { lastAt, lastJobId, createdAt } = known ?? freshFacts(clock)
        const schedule = { ...given, lastAt, lastJobId, createdAt }
        schedules.set(keyOf(schedule), schedule)
        return schedule
      }),

    get: async (tenant, id) => cell.state.get(keyOf({ tenant, id })),

    list: async (tenant, { repositoryId } = {}) =>
      [...cell.state.values()]
        .filter((schedule) => schedule.tenant === tenant)
        .filter(({ job }) => repositoryId === undefined || job.repositoryId === repositoryId)
        .sort((a, b) => (a.id < b.id ? -1 : 1)),

    remove: (tenant, id) => cell.change(undefined, (schedules) => schedules.delete(keyOf({ tenant, id }))),

    async due(limit) {
      const now = new Date(clock.now())
      const schedules = [...cell.state.values()].sort(soonestFirst)
      const [next] = schedules.filter(({ nextAt }) => nextAt > now)
      return {
        schedules: schedules.filter(({ nextAt }) => nextAt <= now).slice(0, limit),
        now,
        nextInMs: next && next.nextAt.getTime() - now.getTime(),
      }
    },

    advance: (schedule, job, then) =>
      cell.change(undefined, (schedules) => {
        const known = schedules.get(keyOf(schedule))
        if (known?.nextAt.getTime() !== schedule.nextAt.getTime()) return false
        schedules.set(keyOf(schedule), { ...known, nextAt: then, lastAt: schedule.nextAt, lastJobId: job.id })
        return true
      }),

    removeOfRepository: (repositoryId, tenant, transaction) =>
      cell.change(transaction, (schedules) => {
        for (const [key, schedule] of schedules) {
          if (schedule.tenant === tenant && schedule.job.repositoryId === repositoryId) schedules.delete(key)
        }
      }),
  }
}

function freshFacts(clock: Pick<Clock, "now">): Pick<Schedule, "lastAt" | "lastJobId" | "createdAt"> {
  return { lastAt: undefined, lastJobId: undefined, createdAt: new Date(clock.now()) }
}

function soonestFirst(a: Schedule, b: Schedule): number {
  return a.nextAt.getTime() - b.nextAt.getTime() || (a.id < b.id ? -1 : 1)
}
