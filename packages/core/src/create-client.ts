import { isDeepStrictEqual } from "node:util"
import { createAnnouncer } from "./announcer.js"
import type { Announcer } from "./announcer.js"
import { announceEnqueued } from "./announce-enqueued.js"
import { createBatcher } from "./batcher.js"
import type { Client, EnqueueOptions, JobHandle } from "./client.js"
import { cancelled, cancelRequested, redriven } from "./change.js"
import type { JobChange } from "./change.js"
import { systemClock } from "./clock.js"
import type { Clock } from "./clock.js"
import type { JobDefinition } from "./definition.js"
import { createDeadLetters } from "./dead-letters.js"
import { createDispatcher, ringable } from "./dispatcher.js"
import type { Dispatcher } from "./dispatcher.js"
import { AssayError, IllegalTransitionError } from "./errors.js"
import { followEvents } from "./follow-events.js"
import type { Job, JobId, NewJob } from "./job.js"
import { newJobId } from "./job-id.js"
import { toJson } from "./json.js"
import { isFinished, nextState } from "./lifecycle.js"
import { silentLogger } from "./logger.js"
import type { Logger } from "./logger.js"
import type { Notifier } from "./notifier.js"
import { createQueueControl } from "./queue-control.js"
import type { Queue } from "./queue.js"
import { defaultAttempts } from "./retry.js"
import type { ScheduleStore } from "./schedule.js"
import { createSchedules } from "./schedules.js"
import type { Sealer } from "./sealer.js"
import type { EnqueuedJob, JobReader, JobStore } from "./store.js"
import { validate } from "./validate.js"

export interface ClientOptions {
  store: JobStore & JobReader
  /** By name; a single queue is `default`. */
  queue: Queue | Readonly<Record<string, Queue>>
  notifier: Notifier
  /** Needed as soon as a job is given secrets. */
  sealer?: Sealer
  /** Needed for `client.schedules`. */
  schedules?: ScheduleStore
  /** For definitions that name no number of attempts. Default 3. */
  attempts?: number
  /** Default `"default"`. */
  tenant?: string
  clock?: Clock
  logger?: Logger
}

/** A client that stands alone. A runtime brings its own, which shares its dispatcher and wakes its recovery. */
export function createClient(options: ClientOptions): Client {
  const logger = options.logger ?? silentLogger
  return createConnectedClient({
    ...options,
    clock: options.clock ?? systemClock,
    dispatcher: createDispatcher({ store: options.store, queues: namedQueues(options.queue), logger }),
    announcer: createAnnouncer(options.notifier, logger, options.clock ?? systemClock),
    expectSweep: () => {},
    expectSchedule: () => {},
  })
}

export function namedQueues(queue: Queue | Readonly<Record<string, Queue>>): Readonly<Record<string, Queue>> {
  return isQueue(queue) ? { default: queue } : queue
}

function isQueue(queue: Queue | Readonly<Record<string, Queue>>): queue is Queue {
  return typeof queue.publish === "function"
}

export interface ConnectedClientOptions {
  store: JobStore & JobReader
  notifier: Notifier
  sealer?: Sealer
  schedules?: ScheduleStore
  attempts?: number
  tenant?: string
  clock: Clock
  dispatcher: Dispatcher
  announcer: Announcer
  /** Called when a job will need a sweep that long from now. */
  expectSweep: (inMs: number) => void
  /** Called when a schedule's moment comes that long from now. */
  expectSchedule: (inMs: number) => void
}

export function createConnectedClient(options: ConnectedClientOptions): Client {
  const { store } = options
  // Shared by the clients of all tenants, so that their jobs share batches.
  const enqueues = createBatcher<NewJob, EnqueuedJob>({ run: (jobs) => store.enqueue(jobs), lanes: 2 })
  return clientFor(options, enqueues.add, options.tenant ?? "default")
}

function clientFor(
  options: ConnectedClientOptions,
  enqueueBatched: (job: NewJob) => Promise<EnqueuedJob>,
  tenant: string,
): Client {
  const { store, notifier, sealer, clock, dispatcher, announcer, expectSweep } = options

  async function get(jobId: JobId): Promise<Job | undefined> {
    const job = await store.get(jobId)
    return job?.tenant === tenant ? job : undefined
  }

  async function mustGet(jobId: JobId): Promise<Job> {
    const job = await get(jobId)
    if (!job) throw new AssayError("JOB_NOT_FOUND", `There is no job ${jobId}.`)
    return job
  }

  /**
   * Applies the change that fits the state the job is in; asks again when it moved on in between.
   */
  async function applyTo(jobId: JobId, choose: (job: Job) => JobChange | undefined): Promise<Job> {
    for (let tries = 0; tries < 100; tries++) {
      const job = await mustGet(jobId)
      const change = choose(job)
      if (!change) return job
      if (!nextState(job.state, change.transition)) throw new IllegalTransitionError(change.transition, job.state)
      const [changed] = await store.apply([change])
      if (changed) return changed
      if (isFinished(job.state) && (await mustGet(jobId)).eventNumber === job.eventNumber) {
        throw new AssayError(
          "ILLEGAL_TRANSITION",
          `Cannot ${change.transition} job ${jobId}: another one took its place.`,
          {
            hint: "Wait for the unfinished job of the same repository, or cancel it first.",
          },
        )
      }
    }
    throw new AssayError("UNAVAILABLE", `Job ${jobId} moves on faster than it can be changed.`, { retryable: true })
  }

  function seal(secrets: Readonly<Record<string, string>>): Record<string, string> {
    const entries = Object.entries(secrets)
    if (entries.length > 0 && !sealer) {
      throw new AssayError("UNSUPPORTED", "This client has no key to seal secrets with.", {
        hint: "Give createClient or createRuntime a sealer: createSealer(process.env.ASSAY_SECRET_KEY).",
      })
    }
    return Object.fromEntries(entries.map(([name, secret]) => [name, sealer?.seal(secret, `${tenant}/${name}`) ?? ""]))
  }

  async function buildJob<Input>(
    definition: JobDefinition<Input>,
    input: Input,
    enqueueOptions: EnqueueOptions,
  ): Promise<NewJob> {
    const valid = await validate(definition.inputSchema, input, "The input")
    const repositoryId = definition.repositoryId(valid)
    const conflictKey = definition.conflictKey(valid)
    const exclusiveKey = definition.exclusiveKey(valid)
    const limitKey = definition.limitKey(valid)
    const { idempotencyKey, runAt, priority = definition.priority, secrets = {} } = enqueueOptions
    return {
      id: newJobId(),
      tenant,
      type: definition.type,
      queue: definition.queue,
      input: toJson(valid, "The input"),
      priority,
      onConflict: definition.onConflict === "allow" ? "join" : definition.onConflict,
      preempts: definition.preempts,
      maxAttempts: definition.attempts ?? options.attempts ?? defaultAttempts,
      maxCrashes: definition.crashes,
      timeoutMs: definition.timeoutMs,
      delayMs: runAt ? Math.max(0, runAt.getTime() - clock.now()) : 0,
      secrets: seal(secrets),
      ...(repositoryId === undefined ? {} : { repositoryId }),
      ...(conflictKey === undefined ? {} : { conflictKey }),
      ...(exclusiveKey === undefined ? {} : { exclusiveKey }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(limitKey === undefined ? {} : { limitKey }),
    }
  }

  const client: Client = {
    tenant,

    async enqueue(definition, input, enqueueOptions = {}) {
      const newJob = await buildJob(definition as JobDefinition<typeof input, never>, input, enqueueOptions)
      const { tx } = enqueueOptions
      const enqueued = tx ? (await store.enqueue([newJob], tx))[0] : await enqueueBatched(newJob)
      if (!enqueued) throw new AssayError("INTERNAL", `The store ${store.name} did not answer for job ${newJob.id}.`)
      const { job, added } = enqueued
      if (!added && newJob.idempotencyKey !== undefined && job.idempotencyKey === newJob.idempotencyKey) {
        if (!isDeepStrictEqual(job.input, newJob.input)) {
          throw new AssayError("IDEMPOTENCY_MISMATCH", "This idempotency key was used before, with another input.")
        }
      }
      if (tx) {
        // Nobody can see the job before the host commits, and only the host knows when that is.
        expectSweep(100)
        expectSweep(1000)
      } else {
        await announceEnqueued(enqueued, { announcer, dispatcher, expectSweep }, newJob.delayMs)
      }
      return handle(job.id, !added)
    },

    job: (jobId) => handle(jobId, false),
    get,
    list: (query) => store.list({ ...query, tenant }),
    counts: (query) => store.counts({ ...query, tenant }),

    async ahead(jobId) {
      const job = await store.get(jobId)
      return job?.tenant === tenant ? store.ahead(jobId) : undefined
    },
    latestOfRepositories: (repositoryIds, types) => store.latestOfRepositories({ tenant, repositoryIds, types }),

    async attempts(jobId) {
      await mustGet(jobId)
      return store.attempts(jobId)
    },

    async cancel(jobId, reason) {
      const job = await applyTo(jobId, (current) => {
        if (current.state === "running") return current.cancelRequestedAt ? undefined : cancelRequested(jobId, reason)
        return cancelled(jobId, reason)
      })
      announcer.events([job])
      if (job.state === "running") announcer.cancel(job)
      return job
    },

    async redrive(jobId) {
      const job = await applyTo(jobId, () => redriven(jobId))
      announcer.events([job])
      await dispatcher.ring([ringable(job)])
      return job
    },

    async discard(jobId) {
      await mustGet(jobId)
      if ((await store.discard([jobId])).length > 0) return
      const { state } = await mustGet(jobId)
      throw new AssayError("ILLEGAL_TRANSITION", `Only a failed or cancelled job can be discarded, and it is ${state}.`)
    },

    ...createDeadLetters({ tenant, store, announcer, dispatcher }),
    ...createQueueControl(options, tenant),
    schedules: createSchedules({ tenant, store: options.schedules, buildJob, expectSchedule: options.expectSchedule }),

    forTenant: (other) => clientFor(options, enqueueBatched, other),
  }

  function handle<Result>(jobId: JobId, deduplicated: boolean): JobHandle<Result> {
    const follow: JobHandle<Result>["events"] = (followOptions) =>
      followEvents({ get, events: store.events.bind(store), notifier, clock }, jobId, followOptions)
    return {
      id: jobId,
      deduplicated,
      get: () => mustGet(jobId),
      cancel: (reason) => client.cancel(jobId, reason),
      events: follow,
      async result({ signal } = {}) {
        const first = await mustGet(jobId)
        if (!isFinished(first.state)) {
          for await (const event of follow({ after: first.eventNumber, ...(signal ? { signal } : {}) })) void event
        }
        const job = isFinished(first.state) ? first : await mustGet(jobId)
        if (!isFinished(job.state)) {
          throw new AssayError("ABORTED", `Waiting for job ${jobId} was ended. The job goes on.`, {
            cause: signal?.reason,
          })
        }
        return resultOf<Result>(job)
      },
    }
  }

  return client
}

function resultOf<Result>(job: Job): Result {
  if (job.state === "succeeded") return job.result as Result
  if (job.state === "cancelled") {
    throw new AssayError(
      "JOB_CANCELLED",
      `Job ${job.id} was cancelled${job.cancelReason ? `: ${job.cancelReason}` : ""}.`,
    )
  }
  const { failure } = job
  throw new AssayError("JOB_FAILED", failure?.message ?? `Job ${job.id} failed.`, {
    cause: failure,
    ...(failure?.hint === undefined ? {} : { hint: failure.hint }),
  })
}
