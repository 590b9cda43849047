import type { Consumer, ConsumeOptions, Hint, Logger } from "@assay/core"
import { WaitingError, Worker } from "bullmq"
import type { Job } from "bullmq"
import { blockForSeconds } from "./create-client.js"
import type { Client } from "./create-client.js"
import type { Line } from "./line.js"
import { replyWithin } from "./reply-within.js"
import { readRing } from "./ring.js"

export interface RedisConsumerOptions extends ConsumeOptions {
  readonly line: Line
  readonly bell: { readonly name: string; readonly prefix: string }
  readonly logger: Logger
  readonly handle: (hint: Hint) => Promise<void>
}

export interface RedisConsumer extends Consumer {
  /** To be told now and then how many rings wait that could be heard. Builds the worker anew when it hears none of them. */
  look(waiting: number): void
}

/** A worker of BullMQ, the connections that are its own, and the calls that came through it. */
interface Ear {
  readonly worker: Worker
  readonly clients: Client[]
  readonly calls: Set<Promise<void>>
}

/** A worker that hears none of the rings that wait for so long has stopped fetching. In milliseconds. */
const deafAfterMs = 8000

/** How long a worker may take to leave when nothing is in hand: if Redis is away, it would wait for it. */
const leaveWithinMs = 1000

/**
 * Says to BullMQ that the ring is not in its hands any more, so that it fetches the next. A ring is taken out of Redis when it
 * is heard, not when its handler has settled: no lock has to be kept meanwhile, a crash leaves nothing behind, and a ring for
 * the same job is a new one.
 */
const taken = new WaitingError()

export function openConsumer(options: RedisConsumerOptions): RedisConsumer {
  const { line, bell, logger, handle, concurrency, signal } = options
  if (!Number.isInteger(concurrency) || concurrency < 1) throw new RangeError("`concurrency` must be 1 or more.")
  const ears = new Set<Ear>()
  const ended = new AbortController()
  let current: Ear | undefined
  let aliveAt = performance.now()
  let warnedOfForeign = false
  let stopping: Promise<void> | undefined

  const inHand = (): number => [...ears].reduce((sum, { calls }) => sum + calls.size, 0)
  const report = (error: unknown): void => logger.debug({ error }, "the worker of BullMQ reports an error")

  async function listen(): Promise<void> {
    let client: Client
    try {
      client = await line.dedicate("worker", ended.signal)
    } catch (error) {
      // Stopped before Redis was there, or the connection was closed.
      logger.debug({ error }, "a consumer never began")
      return
    }
    const clients = [client]
    rememberDuplicates(client, clients)
    const worker = new Worker(bell.name, (job, token) => hear(ear, job, token), {
      connection: client,
      prefix: bell.prefix,
      concurrency: concurrency - inHand(),
      drainDelay: blockForSeconds,
      runRetryDelay: 500,
      skipVersionCheck: true,
      // There is nothing to keep a lock for, see `taken`. What loses it was fetched by a process that died before it could hear
      // it, so it is still to be heard, however often that happens.
      skipLockRenewal: true,
      lockDuration: 10_000,
      stalledInterval: 10_000,
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      removeOnComplete: { count: 0 },
      removeOnFail: { count: 0 },
    })
    // Most are connections that are being made again; those that matter, the connection reports.
    worker.on("error", report)
    const ear: Ear = { worker, clients, calls: new Set() }
    ears.add(ear)
    current = ear
    aliveAt = performance.now()
  }

  async function hear(ear: Ear, job: Job, token: string | undefined): Promise<never> {
    if (stopping || ear !== current) {
      await job.moveToWait(token).catch(report)
      throw taken
    }
    aliveAt = performance.now()
    const call = take(job, token)
    ear.calls.add(call)
    await call
    ear.calls.delete(call)
    // What an earlier worker still had in hand was kept free for it.
    if (ear !== current && current) current.worker.concurrency = Math.max(1, concurrency - inHand())
    throw taken
  }

  async function take(job: Job, token: string | undefined): Promise<void> {
    // First: a ring that comes while the handler runs has to be heard afterwards. If it fails, this one may be heard twice.
    await job.moveToCompleted(null, token ?? "", false).catch(report)
    const hint = readRing(job)
    if (!hint) return dropForeign(job)
    try {
      await handle(hint)
    } catch (error) {
      logger.error({ error, jobId: hint.jobId }, "the handler of a ring rejected")
    }
  }

  function dropForeign(job: Job): void {
    const fields = { queue: bell.name, prefix: bell.prefix, id: job.id }
    if (warnedOfForeign) logger.debug(fields, "dropped another message that is no ring of Assay")
    else logger.warn(fields, "dropped a message that is no ring of Assay: somebody else uses this queue")
    warnedOfForeign = true
  }

  async function dismiss({ worker, clients, calls }: Ear): Promise<void> {
    const left = worker.close().catch(report)
    await Promise.all(calls)
    await replyWithin(leaveWithinMs, left).catch(report)
    for (const client of clients) client.disconnect()
  }

  async function stop(): Promise<void> {
    signal?.removeEventListener("abort", onAbort)
    ended.abort()
    await listening
    await Promise.all([...ears].map(dismiss))
  }

  const onAbort = (): void => void consumer.stop()
  const consumer: RedisConsumer = {
    stop: () => (stopping ??= stop()),
    look(waiting) {
      const now = performance.now()
      if (!current || stopping || waiting === 0 || inHand() >= concurrency) aliveAt = now
      if (!current || now - aliveAt < deafAfterMs) return
      logger.warn({ queue: bell.name, waiting }, "a worker of BullMQ stopped fetching and is built anew")
      const deaf = current
      current = undefined
      dismiss(deaf).then(() => ears.delete(deaf), report)
      listening = listen()
    },
  }
  let listening = signal?.aborted ? Promise.resolve() : listen()
  if (signal?.aborted) stopping = Promise.resolve()
  signal?.addEventListener("abort", onAbort, { once: true })
  return consumer
}

/** BullMQ blocks on a copy of the client it is given, which has to go with it, and must not be the end of the process. */
function rememberDuplicates(client: Client, copies: Client[]): void {
  const duplicate = client.duplicate.bind(client) as (...args: unknown[]) => Client
  Object.assign(client, {
    duplicate(...args: unknown[]): Client {
      const copy = duplicate(...args)
      copy.on("error", () => {})
      copies.push(copy)
      return copy
    },
  })
}
