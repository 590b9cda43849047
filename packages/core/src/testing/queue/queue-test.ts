import { expect, test } from "vitest"
import type { JobId } from "../../job.js"
import { newJobId } from "../../job-id.js"
import type { Hint, Queue } from "../../queue.js"
import type { Gate } from "../until.js"
import { createGate, until } from "../until.js"

/** A queue to be tested. Disposed of after its test, after the queue and those opened by `another` were closed. */
export interface QueueUnderTest extends Partial<AsyncDisposable> {
  readonly queue: Queue
  /** Opens one more queue on the same bell, as another process would. Absent where a bell cannot be shared. */
  another?(): Queue | Promise<Queue>
  /** All that is kept or sent for the rings nobody has heard yet, as text, to see what a message gives away. */
  peek?(): Promise<string>
}

export interface QueueSuiteOptions {
  /** Makes a queue with a bell of its own, on which nobody has rung. Called for each test. */
  create(): QueueUnderTest | Promise<QueueUnderTest>
  /** What the queue cannot do. The tests that need it are shown as skipped. */
  supports?: QueueSupport
}

export interface QueueSupport {
  /** Rings wait while nobody consumes, and `depth` counts them. Default `true`. */
  readonly keepsRings?: boolean
  /** `another` is there. Default `true`. */
  readonly sharing?: boolean
}

export interface QueueContext {
  readonly queue: Queue
  another(): Promise<Queue>
  readonly peek: QueueUnderTest["peek"]
  /** A listener that holds its calls; they are let go when the test ends, however it ends. */
  holdingListener(): HoldingListener
}

export type QueueTest = (name: string, run: (context: QueueContext) => Promise<void>) => void

export function queueTest(options: QueueSuiteOptions): QueueTest {
  return (name, run) =>
    test(name, async () => {
      const made = await options.create()
      const opened = [made.queue]
      const another = async (): Promise<Queue> => {
        if (!made.another) return expect.fail("`create` offers no `another`; say `supports: { sharing: false }`.")
        const queue = await made.another()
        opened.push(queue)
        return queue
      }
      const holding: HoldingListener[] = []
      const holdingListener = (): HoldingListener => {
        const listener = createHoldingListener()
        holding.push(listener)
        return listener
      }
      try {
        await run({ queue: made.queue, another, peek: made.peek?.bind(made), holdingListener })
      } finally {
        for (const listener of holding) listener.letAllGo()
        for (const queue of opened) await queue.close()
        await made[Symbol.asyncDispose]?.()
      }
    })
}

/** Hints for as many new jobs. */
export function hints(count: number, priority = 0): Hint[] {
  return Array.from({ length: count }, () => ({ jobId: newJobId(), priority }))
}

export const idsOf = (rings: readonly Hint[]): JobId[] => rings.map(({ jobId }) => jobId)

/** Hears rings and remembers them. */
export interface Listener {
  readonly heard: Hint[]
  readonly handle: (hint: Hint) => Promise<void>
  /** Waits until each of these jobs was rung for. */
  hears(expected: readonly Hint[]): Promise<void>
}

export function createListener(answer: (hint: Hint) => Promise<void> = async () => {}): Listener {
  const heard: Hint[] = []
  return {
    heard,
    handle: (hint) => {
      heard.push(hint)
      return answer(hint)
    },
    hears: (expected) =>
      until(`all of ${expected.length} rings are heard`, () => {
        const ids = new Set(idsOf(heard))
        return expected.every(({ jobId }) => ids.has(jobId))
      }),
  }
}

/** A listener whose calls stay unsettled until the test lets them go, oldest first. */
export interface HoldingListener extends Listener {
  /** How many calls are unsettled, and how many were at most. */
  readonly inHand: { now: number; most: number }
  letOneGo(): void
  letAllGo(): void
}

function createHoldingListener(): HoldingListener {
  const gates: Gate[] = []
  const inHand = { now: 0, most: 0 }
  let held = true
  const listener = createListener(async () => {
    inHand.now++
    inHand.most = Math.max(inHand.most, inHand.now)
    const gate = createGate()
    if (held) gates.push(gate)
    else gate.open()
    await gate.opened
    inHand.now--
  })
  return {
    ...listener,
    inHand,
    letOneGo: () => gates.shift()?.open(),
    letAllGo: () => {
      held = false
      for (const gate of gates.splice(0)) gate.open()
    },
  }
}
