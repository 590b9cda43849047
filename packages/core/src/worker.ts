import { randomBytes } from "node:crypto"
import { hostname } from "node:os"
import { abortReason } from "./abort-reason.js"
import { createAnnouncer } from "./announcer.js"
import type { Announcer } from "./announcer.js"
import { startAttempt } from "./attempt.js"
import type { AttemptRun } from "./attempt.js"
import { createBatcher } from "./batcher.js"
import type { JobChange } from "./change.js"
import { released } from "./change.js"
import { systemClock } from "./clock.js"
import type { Clock } from "./clock.js"
import { namedQueues } from "./create-client.js"
import type { JobDefinition } from "./definition.js"
import { createDispatcher } from "./dispatcher.js"
import type { Dispatcher } from "./dispatcher.js"
import { AssayError } from "./errors.js"
import type { Handler } from "./handler.js"
import { createHeartbeats } from "./heartbeats.js"
import type { Job, JobId } from "./job.js"
import type { JobState } from "./lifecycle.js"
import { silentLogger } from "./logger.js"
import type { Logger } from "./logger.js"
import type { Notifier, Subscription } from "./notifier.js"
import type { Consumer, Queue } from "./queue.js"
import { createQueueWork } from "./queue-work.js"
import type { QueueWork } from "./queue-work.js"
import type { Sealer } from "./sealer.js"
import type { Backoff } from "./retry.js"
import type { JobReader, JobStore } from "./store.js"
import { createWorkerReports } from "./worker-reports.js"
import type { WorkerQueue, WorkerRegistry } from "./worker-registry.js"

/** Does the work: listens to queues, claims jobs, runs their handlers, writes how they ended. */
export interface Worker {
  /** `host-pid-xxxx`; it is the owner named in leases and attempts. */
  readonly id: string
  /** Registers the code for a definition. Before `start`. */
  handle<Input, Result>(definition: JobDefinition<Input, Result>, handler: Handler<Input, NoInfer<Result>>): void
  start(): Promise<void>
  /** Jobs running here now. */
  readonly busy: number
  /**
   * Takes no more work, gives running jobs `graceMs` (default 20 s) to end, then aborts their signals and releases them
   * without spending an attempt. Safe to call twice.
   */
  stop(options?: { graceMs?: number }): Promise<void>
}

export interface WorkerOptions {
  store: JobStore & JobReader
  /** By name; a single queue is `default`. */
  queue: Queue | Readonly<Record<string, Queue>>
  notifier: Notifier
  sealer?: Sealer
  /** Jobs at once, for each queue. Default 5. */
  concurrency?: number | Readonly<Record<string, number>>
  /** How long a job may go without a heartbeat before another worker takes it, in milliseconds. Default 30,000. */
  leaseMs?: number
  /** For what definitions do not name. Default: 1 s, doubling, at most 5 min. */
  backoff?: Partial<Backoff>
  /** Where this worker says that it lives. */
  workers?: WorkerRegistry
  clock?: Clock
  logger?: Logger
  /** For the jitter of retries. Default `Math.random`. */
  random?: () => number
}

export function createWorker(options: WorkerOptions): Worker {
  const logger = options.logger ?? silentLogger
  return createConnectedWorker({
    ...options,
    dispatcher: createDispatcher({ store: options.store, queues: namedQueues(options.queue), logger }),
    announcer: createAnnouncer(options.notifier, logger, options.clock ?? systemClock),
    expectSweep: () => {},
  })
}

export interface ConnectedWorkerOptions extends WorkerOptions {
  dispatcher: Dispatcher
  announcer: Announcer
  /** Called when a job will need a sweep that long from now. */
  expectSweep: (inMs: number) => void
}

/**
 * A store that is slow to write must not be given ever more to do: with so many ends still to be written for each place, a
 * worker claims no more. Several, so that they share statements.
 */
const endingsPerPlace = 4

/** What the log says of a job when its attempt is over. */
const endMessages: Readonly<Record<JobState, string>> = {
  succeeded: "job completed",
  failed: "job failed",
  cancelled: "job cancelled",
  scheduled: "job put off",
  queued: "job put back",
  // It was claimed again before the end of this attempt was read.
  running: "job put back",
}

/** After the signals were aborted, handlers get this long before their jobs are released without them. */
const settleMs = 2000

export interface ConnectedWorker extends Worker {
  /**
   * Looks for jobs that were not rung for, or whose rings were lost on the way: to be called now and then while there are
   * unfinished jobs, so that a queue that has gone deaf delays work and does not stop it.
   */
  look(): void
}

export function createConnectedWorker(options: ConnectedWorkerOptions): ConnectedWorker {
  const { store, notifier, dispatcher, announcer, expectSweep } = options
  const { leaseMs = 30_000, clock = systemClock, random = Math.random } = options
  const queues = namedQueues(options.queue)
  const id = `${hostname()}-${process.pid}-${randomBytes(3).toString("hex")}`
  const logger = (options.logger ?? silentLogger).child({ worker: id })
  const handlers = new Map<string, { definition: JobDefinition; handler: Handler }>()
  const running = new Map<JobId, AttemptRun>()
  /** Of attempts whose handler is through, and whose end is being written. */
  const endings = new Set<Promise<void>>()
  /** Jobs at once, of all queues. */
  let places = 0
  const changes = createBatcher<JobChange, Job | undefined>({ run: (batch) => store.apply(batch), lanes: 2 })
  const heartbeats = createHeartbeats({ store, running, leaseMs, clock, logger })
  const consumers: Consumer[] = []
  const works: QueueWork[] = []
  const listensTo: WorkerQueue[] = []
  const reports = createWorkerReports({
    registry: options.workers,
    describe: () => ({
      ...{ id, host: hostname(), pid: process.pid, queues: listensTo },
      stopping: stopping !== undefined,
    }),
    ...{ leaseMs, clock, logger },
  })
  let subscription: Subscription | undefined
  let stopping: Promise<void> | undefined

  /**
   * Resolves when the handler is through. How that ended is written while the place is free for the next job: waiting for it
   * would leave the worker idle for a third of the time when jobs are short. Unless others wait for what the job holds: who
   * claims next would not find them.
   */
  async function perform(job: Job): Promise<void> {
    const registered = handlers.get(job.type)
    if (!registered) throw new AssayError("UNKNOWN_JOB_TYPE", `No handler is registered for ${job.type}.`)
    const log = logger.child({ jobId: job.id, type: job.type, repositoryId: job.repositoryId })
    log.info({ attempt: job.attempts, fence: job.fence }, "job processing")
    const startedAt = clock.monotonic()
    const { definition, handler } = registered
    const apply = changes.add
    const attempt = startAttempt({
      ...{ job, definition, handler, store, apply, announcer, clock, random },
      sealer: options.sealer,
      backoff: options.backoff,
      logger: log,
    })
    running.set(job.id, attempt)
    heartbeats.confirmed(attempt)
    const { change, committed } = await attempt.ended
    const written = (async () => {
      const ended = committed ?? (change && (await finish(change, attempt, log)))
      if (ended) afterwards(ended, change)
      log.info(
        { state: ended?.state, durationMs: Math.round(clock.monotonic() - startedAt) },
        ended ? endMessages[ended.state] : "job given up",
      )
    })().finally(() => {
      // The next attempt of the job may be running here already.
      if (running.get(job.id) === attempt) running.delete(job.id)
      endings.delete(written)
    })
    endings.add(written)
    if (job.exclusiveKey !== undefined || Object.keys(definition.limits).length > 0) await written
    while (endings.size >= endingsPerPlace * places) await Promise.race(endings)
  }

  /** Writes how an attempt ended. An unreachable store is asked again for as long as the lease may still be ours. */
  async function finish(change: JobChange, attempt: AttemptRun, log: Logger): Promise<Job | undefined> {
    for (let waitMs = 100; ; waitMs = Math.min(2 * waitMs, 5000)) {
      try {
        const job = await changes.add(change)
        if (job) return job
        // Either the job is another attempt's by now, or an earlier try was written and only its answer was lost.
        const now = await store.get(change.jobId)
        return now?.fence === change.fence && now?.state !== "running" ? now : undefined
      } catch (error) {
        const retryable = AssayError.isInstance(error) && error.retryable
        if (!retryable || !heartbeats.trusted(attempt)) {
          log.error(
            { error, transition: change.transition },
            "could not write how the attempt ended; its lease will run out",
          )
          return undefined
        }
        await clock.sleep(waitMs)
      }
    }
  }

  function afterwards(job: Job, change: JobChange | undefined): void {
    announcer.events([job])
    if (job.state === "scheduled") expectSweep(change?.delayMs ?? 0)
    if (job.state === "queued" || job.rerunRequested) expectSweep(0)
  }

  async function stop(graceMs: number): Promise<void> {
    reports.report()
    const drained = Promise.all([...consumers, ...works].map((each) => each.stop())).then(() => Promise.all(endings))
    await until(drained, graceMs)
    for (const attempt of running.values()) attempt.abort(abortReason.shutdown())
    await until(drained, settleMs)
    const left = [...running.values()]
    if (left.length > 0) await store.apply(left.map((attempt) => released(attempt.lease))).catch(() => [])
    heartbeats.stop()
    await until(reports.end(), settleMs)
    await subscription?.close()
    logger.info({ released: left.length }, "worker stopped")
  }

  async function until(done: Promise<unknown>, ms: number): Promise<void> {
    const timer = new AbortController()
    await Promise.race([done, clock.sleep(ms, timer.signal)])
    timer.abort()
  }

  return {
    id,
    get busy() {
      return running.size
    },
    handle(definition, handler) {
      handlers.set(definition.type, { definition, handler } as unknown as {
        definition: JobDefinition
        handler: Handler
      })
    },
    async start() {
      if (stopping) throw new AssayError("CLOSED", "This worker was stopped.")
      subscription = await notifier.subscribe({ kind: "cancel" }, ({ jobId }) => {
        running.get(jobId)?.abort(abortReason.cancelled())
      })
      heartbeats.start()
      for (const [name, queue] of Object.entries(queues)) {
        const definitions = [...handlers.values()].map(({ definition }) => definition)
        const own = definitions.filter((definition) => definition.queue === name)
        if (own.length === 0) continue
        const concurrency =
          (typeof options.concurrency === "object" ? options.concurrency[name] : options.concurrency) ?? 5
        listensTo.push({ name, concurrency, types: own.map(({ type }) => type) })
        const work = createQueueWork({
          ...{ queue: name, definitions: own, concurrency, worker: id, leaseMs, store, dispatcher, clock, logger },
          claimed: announcer.events,
          perform,
        })
        works.push(work)
        places += concurrency
        consumers.push(await queue.consume(({ jobId }) => work.heard(jobId), { concurrency }))
      }
      reports.start()
      logger.info({ queues: Object.keys(queues), types: [...handlers.keys()] }, "worker started")
    },
    look: () => {
      for (const work of works) work.look()
    },
    stop: ({ graceMs = 20_000 } = {}) => (stopping ??= stop(graceMs)),
  }
}
