import { isDeepStrictEqual } from "node:util"
import type { Schedules } from "./client.js"
import type { JobDefinition } from "./definition.js"
import { AssayError, InvalidInputError } from "./errors.js"
import type { NewJob } from "./job.js"
import { newId } from "./job-id.js"
import { nextMoment, recurrenceOf } from "./next-moment.js"
import type { ScheduledJob, ScheduleStore } from "./schedule.js"

export interface SchedulesOptions {
  tenant: string
  store: ScheduleStore | undefined
  /** Checks the input as for a job that is asked for now. */
  buildJob<Input>(definition: JobDefinition<Input>, input: Input, options: { priority?: number }): Promise<NewJob>
  /** Called when a schedule's moment comes that long from now. */
  expectSchedule: (inMs: number) => void
}

/** The schedules of one tenant. */
export function createSchedules(options: SchedulesOptions): Schedules {
  const { tenant, buildJob, expectSchedule } = options

  function mustHaveStore(): ScheduleStore {
    if (options.store) return options.store
    throw new AssayError("UNSUPPORTED", "Nothing remembers schedules here.", {
      hint: "Give createClient or createRuntime a schedule store: schedules: createPostgresScheduleStore({ database }).",
    })
  }

  return {
    async put(definition, input, given) {
      const store = mustHaveStore()
      const id = checkedId(given.id ?? newId("schedule"))
      const recurrence = recurrenceOf(given)
      const { priority } = given
      const job = await buildJob(definition, input, priority === undefined ? {} : { priority })
      // The store's clock decides when a moment has come, so it has to be asked for the time.
      const [{ now }, known] = [await store.due(0), await store.get(tenant, id)]
      // A program that puts its schedules whenever it starts must not put off their moments each time.
      const same = known && isDeepStrictEqual(known.recurrence, recurrence)
      const nextAt = same ? known.nextAt : nextMoment(recurrence, now)
      if (!nextAt) throw new AssayError("INVALID_INPUT", "The schedule names no moment that ever comes.")
      const schedule = await store.put({ id, tenant, recurrence, job: withoutOnce(job), nextAt })
      expectSchedule(Math.max(0, schedule.nextAt.getTime() - now.getTime()))
      return schedule
    },
    get: async (id) => mustHaveStore().get(tenant, id),
    list: async (query) => mustHaveStore().list(tenant, query),
    remove: async (id) => mustHaveStore().remove(tenant, id),
  }
}

function withoutOnce(job: NewJob): ScheduledJob {
  const { id: _id, tenant: _tenant, idempotencyKey: _key, delayMs: _delay, secrets: _secrets, ...scheduled } = job
  return scheduled
}

function checkedId(id: string): string {
  if (/^[A-Za-z0-9._:-]{1,100}$/.test(id)) return id
  throw new InvalidInputError("The schedule", [
    { path: ["id"], message: "must be 1 to 100 letters, digits, dots, underscores, colons or hyphens" },
  ])
}
