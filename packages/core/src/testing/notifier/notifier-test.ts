import { expect, test } from "vitest"
import type { JobId } from "../../job.js"
import { newJobId } from "../../job-id.js"
import type { Notification, NotificationFilter, Notifier } from "../../notifier.js"
import { until } from "../until.js"

/** A notifier to be tested. Disposed of after its test, after it and those opened by `another` were closed. */
export interface NotifierUnderTest extends Partial<AsyncDisposable> {
  readonly notifier: Notifier
  /** Opens one more notifier that hears and is heard by the first, as another process would. Absent where none can. */
  another?(): Notifier | Promise<Notifier>
}

export interface NotifierSuiteOptions {
  /** Makes a notifier that hears nobody else's. Called for each test. */
  create(): NotifierUnderTest | Promise<NotifierUnderTest>
  supports?: {
    /** `another` is there. Default `true`. */
    readonly sharing?: boolean
  }
}

export interface NotifierContext {
  readonly notifier: Notifier
  another(): Promise<Notifier>
}

export type NotifierTest = (name: string, run: (context: NotifierContext) => Promise<void>) => void

export function notifierTest(options: NotifierSuiteOptions): NotifierTest {
  return (name, run) =>
    test(name, async () => {
      const made = await options.create()
      const opened = [made.notifier]
      const another = async (): Promise<Notifier> => {
        if (!made.another) return expect.fail("`create` offers no `another`; say `supports: { sharing: false }`.")
        const notifier = await made.another()
        opened.push(notifier)
        return notifier
      }
      try {
        await run({ notifier: made.notifier, another })
      } finally {
        for (const notifier of opened) await notifier.close()
        await made[Symbol.asyncDispose]?.()
      }
    })
}

export const aJob = newJobId()

/** Notifications of one job, numbered from `first`. */
export function numbered(count: number, facts: Partial<Notification> = {}): Notification[] {
  const first = facts.number ?? 1
  return Array.from({ length: count }, (_, index) => ({
    kind: facts.kind ?? "event",
    jobId: facts.jobId ?? (aJob satisfies JobId),
    number: first + index,
  }))
}

/** Subscribes, and remembers what is heard. */
export async function listenTo(notifier: Notifier, filter: NotificationFilter = {}): Promise<Heard> {
  const heard: Notification[] = []
  const subscription = await notifier.subscribe(filter, (notification) => void heard.push(notification))
  return {
    heard,
    close: () => subscription.close(),
    hears: async (expected) => {
      await until(`${expected.length} notifications are heard`, () => heard.length >= expected.length)
      expect(heard).toEqual(expected)
    },
  }
}

export interface Heard {
  readonly heard: Notification[]
  close(): Promise<void>
  /** Waits until as many were heard, and compares all of them. */
  hears(expected: readonly Notification[]): Promise<void>
}
