import { createAnnouncer } from "./announcer.js"
import { createBinding } from "./binding.js"
import type { Binding } from "./binding.js"
import type { Client } from "./client.js"
import { systemClock } from "./clock.js"
import { createConnectedClient, namedQueues } from "./create-client.js"
import type { ClientOptions } from "./create-client.js"
import { createDispatcher } from "./dispatcher.js"
import { silentLogger } from "./logger.js"
import type { Subscription } from "./notifier.js"
import { createRecovery } from "./recovery.js"
import type { Recovery, RecoveryOptions } from "./recovery.js"
import { createConnectedWorker } from "./worker.js"
import type { Worker, WorkerOptions } from "./worker.js"

/** Client, worker and recovery of one process. An API process starts it without a worker. */
export interface Runtime {
  readonly client: Client
  readonly worker: Worker
  readonly recovery: Pick<Recovery, "sweep">
  /**
   * Takes up work (unless `role` is `"api"`) and looks after what was left behind. A queue that cannot be reached does not
   * keep it from starting: jobs wait in the store until the queue is back. Rejects with `QUEUE_MISMATCH` when a queue is
   * known to ring for another store.
   */
  start(): Promise<void>
  /** Ends work as `Worker.stop` does. Does not close the store, queues and notifier it was given. Safe to call twice. */
  stop(options?: { graceMs?: number }): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export interface RuntimeOptions
  extends
    WorkerOptions,
    Pick<RecoveryOptions, "redispatchAfterMs" | "busyEveryMs" | "idleEveryMs" | "retention" | "schedules">,
    Pick<ClientOptions, "attempts"> {
  /** The client's tenant. Default `"default"`. */
  tenant?: string
  /** `"api"` asks for work only, `"worker"` and `"all"` also do it. Default `"all"`. */
  role?: "api" | "worker" | "all"
}

export function createRuntime(options: RuntimeOptions): Runtime {
  const { store, notifier, role = "all" } = options
  const clock = options.clock ?? systemClock
  const logger = options.logger ?? silentLogger
  const queues = namedQueues(options.queue)
  const dispatcher = createDispatcher({ store, queues, logger })
  const announcer = createAnnouncer(notifier, logger, clock)
  const recovery = createRecovery({
    ...{ ...options, store, dispatcher, announcer, clock, logger },
    lookForWork: () => worker.look(),
  })
  const { expect: expectSweep, expectSchedule } = recovery
  const client = createConnectedClient({ ...options, clock, dispatcher, announcer, expectSweep, expectSchedule })
  const worker = createConnectedWorker({ ...options, clock, logger, dispatcher, announcer, expectSweep })
  const unsubscribes: (() => void)[] = []
  let subscription: Subscription | undefined
  let stopping: Promise<void> | undefined

  async function stop(graceMs: number): Promise<void> {
    for (const unsubscribe of unsubscribes) unsubscribe()
    await Promise.all([worker.stop({ graceMs }), recovery.stop(), subscription?.close()])
    await dispatcher.close()
    await announcer.idle()
  }

  /** Rings may have been lost. */
  async function restored(binding: Binding): Promise<void> {
    try {
      if (await binding.again()) await recovery.sweep({ everything: true })
    } catch (error) {
      logger.warn({ error }, "sweep failed")
    }
  }

  const runtime: Runtime = {
    client,
    worker,
    recovery,
    async start() {
      const identity = await store.identity()
      for (const [name, queue] of Object.entries(queues)) {
        const binding = createBinding({ name, queue, identity, logger, silence: () => dispatcher.silence(name) })
        unsubscribes.push(queue.onRestored(() => void restored(binding)))
        await binding.begin()
      }
      subscription = await notifier.subscribe({ kind: "event" }, recovery.stir)
      if (role !== "api") await worker.start()
      // What was rung for in a queue that died with its process would else wait until it counts as stale.
      if (Object.values(queues).some((queue) => !queue.durable)) await recovery.sweep({ everything: true })
      await recovery.start()
    },
    stop: ({ graceMs = 20_000 } = {}) => (stopping ??= stop(graceMs)),
    [Symbol.asyncDispose]: () => runtime.stop(),
  }
  return runtime
}
