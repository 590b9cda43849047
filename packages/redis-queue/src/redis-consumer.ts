import { randomUUID } from "node:crypto"
import { setTimeout as sleep } from "node:timers/promises"
import type { Consumer, ConsumeOptions, Hint, Logger } from "@assay/core"
import type { Job, JobJson } from "bullmq"
import { blockForSeconds, disconnect } from "./create-client.js"
import type { Client } from "./create-client.js"
import type { Line } from "./line.js"
import { reasonOf } from "./map-error.js"
import { replyWithin } from "./reply-within.js"
import { RingWorker } from "./ring-worker.js"
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

/** A worker of BullMQ, the connections that are its own, and the loops that fetch through it. */
interface Ear {
  readonly worker: RingWorker
  readonly clients: Client[]
  readonly lanes: Set<Promise<void>>
  /** Places kept for rings that are being fetched. */
  reserved: number
  leaving: boolean
  gone: boolean
}

/** A worker that hears none of the rings that wait for so long has stopped fetching. In milliseconds. */
const deafAfterMs = 8000

/** How long a worker may take to leave: if Redis is away, it would wait for it. In milliseconds. */
const leaveWithinMs = 1000

/** After an error. In milliseconds. */
const tryAgainMs = 250

/** Loops that fetch at once while there is a lot to fetch. One waits for the answers of Redis most of the time. */
const mostLanes = 4

/**
 * Hears rings through a worker of BullMQ, whose jobs are fetched by hand: a ring is taken out of Redis when it is heard, not
 * when its handler has settled. So no lock has to be kept for hours, a crash leaves nothing behind, and a ring that comes
 * while the handler runs is a new one.
 */
export function openConsumer(options: RedisConsumerOptions): RedisConsumer {
  const { line, bell, logger, handle, concurrency, signal } = options
  if (!Number.isInteger(concurrency) || concurrency < 1) throw new RangeError("`concurrency` must be 1 or more.")
  const calls = new Set<Promise<void>>()
  const ended = new AbortController()
  let current: Ear | undefined
  let aliveAt = performance.now()
  const waitingForPlace = new Set<() => void>()
  let warnedOfForeign = false
  let stopping: Promise<void> | undefined

  const report = (error: unknown): void => logger.debug({ reason: reasonOf(error) }, "hearing rings fails")

  async function listen(): Promise<void> {
    let client: Client
    try {
      client = await line.dedicate("worker", ended.signal)
    } catch (error) {
      // Stopped before Redis was there, or the connection was closed.
      logger.debug({ reason: reasonOf(error) }, "a consumer never began")
      return
    }
    const clients = [client]
    rememberDuplicates(client, clients)
    const worker = new RingWorker(bell.name, undefined, {
      connection: client,
      prefix: bell.prefix,
      drainDelay: blockForSeconds,
      skipVersionCheck: true,
      // What loses its lock was fetched by a process that died before it could hear it, so it is still to be heard, however
      // often that happens.
      lockDuration: 10_000,
      stalledInterval: 10_000,
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      removeOnComplete: { count: 0 },
    })
    // Most are connections that are being made again; those that matter, the connection reports.
    worker.on("error", report)
    const ear: Ear = { worker, clients, lanes: new Set(), reserved: 0, leaving: false, gone: false }
    current = ear
    aliveAt = performance.now()
    worker.startStalledCheckTimer().catch(report)
    addLane(ear, { waits: true })
  }

  function addLane(ear: Ear, kind: { waits: boolean }): void {
    const lane = fetch(ear, kind).then(() => void ear.lanes.delete(lane))
    ear.lanes.add(lane)
  }

  /** Fetches rings for as long as there are places for them, and, if it `waits`, when there are again. */
  async function fetch(ear: Ear, { waits }: { waits: boolean }): Promise<void> {
    const token = randomUUID()
    let found: Job | undefined
    while (!ear.leaving) {
      try {
        if (!found) {
          if (!reserve(ear)) {
            if (!waits) return
            await new Promise<void>((resolve) => waitingForPlace.add(resolve))
            continue
          }
          found = await ear.worker.getNextJob(token, { block: waits })
          if (!found) {
            release(ear)
            if (!waits) return
          }
        } else {
          const job: Job = found
          found = undefined
          found = await hear(ear, job, token)
          if (found && ear.lanes.size < mostLanes) addLane(ear, { waits: false })
        }
      } catch (error) {
        report(error)
        if (!found) release(ear)
        await sleep(tryAgainMs)
      }
    }
    if (found) await found.moveToWait(token).catch(report)
  }

  /** Takes a ring out of Redis and calls the handler; in the same go fetches the next one if there is a place for it. */
  async function hear(ear: Ear, job: Job, token: string): Promise<Job | undefined> {
    aliveAt = performance.now()
    const more = !ear.leaving && reserve(ear)
    let next: Job | undefined
    try {
      // Before the handler runs: a ring that comes from then on is a new one. If this fails, it may be heard twice.
      const fetched: unknown = await job.moveToCompleted(null, token, more)
      if (Array.isArray(fetched) && fetched[0]) next = ear.worker.createJob(fetched[0] as JobJson, fetched[1] as string)
    } catch (error) {
      report(error)
    }
    if (more && !next) release(ear)
    // Whoever stopped has not waited any longer for an answer of Redis.
    if (!ear.gone) call(job)
    release(ear)
    return next
  }

  function call(job: Job): void {
    const hint = readRing(job)
    if (!hint) return dropForeign(job)
    const running = Promise.resolve(hint)
      .then(handle)
      .catch((error: unknown) => logger.error({ error, jobId: hint.jobId }, "the handler of a ring rejected"))
      .then(() => {
        calls.delete(running)
        tellPlaceFreed()
      })
    calls.add(running)
  }

  function reserve(ear: Ear): boolean {
    // What an earlier worker has fetched still counts; what it only meant to fetch does not.
    if (calls.size + ear.reserved >= concurrency) return false
    ear.reserved++
    return true
  }

  function release(ear: Ear): void {
    ear.reserved--
    tellPlaceFreed()
  }

  function tellPlaceFreed(): void {
    for (const wake of waitingForPlace) wake()
    waitingForPlace.clear()
  }

  function dropForeign(job: Job): void {
    const fields = { queue: bell.name, prefix: bell.prefix, id: job.id }
    if (warnedOfForeign) logger.debug(fields, "dropped another message that is no ring of Assay")
    else logger.warn(fields, "dropped a message that is no ring of Assay: somebody else uses this queue")
    warnedOfForeign = true
  }

  async function leave(ear: Ear): Promise<void> {
    ear.leaving = true
    tellPlaceFreed()
    // Nothing is lost by force: it only interrupts the wait for the next ring.
    const left = Promise.all([ear.worker.close(true), ...ear.lanes])
    await replyWithin(leaveWithinMs, left).catch(report)
    ear.gone = true
    for (const client of ear.clients) disconnect(client)
  }

  async function stop(): Promise<void> {
    signal?.removeEventListener("abort", onAbort)
    ended.abort()
    await listening
    if (current) await leave(current)
    await leavingDeaf
    await Promise.all(calls)
  }

  const onAbort = (): void => void consumer.stop()
  let leavingDeaf: Promise<void> | undefined
  const consumer: RedisConsumer = {
    stop: () => (stopping ??= stop()),
    look(waiting) {
      const now = performance.now()
      if (!current || stopping || waiting === 0 || calls.size >= concurrency) aliveAt = now
      if (!current || now - aliveAt < deafAfterMs) return
      logger.warn({ queue: bell.name, waiting }, "a worker of BullMQ stopped fetching and is built anew")
      leavingDeaf = leave(current)
      current = undefined
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
