import { setImmediate } from "node:timers/promises"
import { frequent } from "./frequent.js"

// PostgreSQL takes less than 8,000 bytes per notification.
const longestPayload = 7_900

/** Sends lines with NOTIFY: see `PostgresDatabase.notify`. */
export interface Outbox {
  send(channel: string, lines: readonly string[]): Promise<void>
}

/**
 * What comes in the same turn of the event loop, or while a statement is on its way, shares the next one: two connections
 * of a pool could overtake each other, and notifications are committed one after the other anyway.
 */
export function createOutbox(run: (text: string, values: unknown[]) => Promise<unknown>): Outbox {
  let waiting = new Map<string, string[]>()
  let next: Promise<void> | undefined
  let last: Promise<unknown> = Promise.resolve()

  async function flush(): Promise<void> {
    const letters = [...waiting].flatMap(([channel, lines]) =>
      pack(lines).map((payload) => [channel, payload] as const),
    )
    waiting = new Map()
    next = undefined
    await run(sendLetters, [letters.map(([channel]) => channel), letters.map(([, payload]) => payload)])
  }

  return {
    send(channel, lines) {
      if (lines.length === 0) return Promise.resolve()
      const before = waiting.get(channel)
      if (before) before.push(...lines)
      else waiting.set(channel, [...lines])
      next ??= last.then(() => setImmediate()).then(flush)
      last = next.catch(() => {})
      return next
    },
  }
}

/** A notification is lost with the server that dies before it is told, so there is nothing to wait for the disk for. */
const sendLetters = frequent(
  "notify",
  `select pg_notify(channel, payload) from (select set_config('synchronous_commit', 'off', true)) as hasty,
    unnest($1::text[], $2::text[]) as letters(channel, payload)`,
)

function pack(lines: readonly string[]): string[] {
  const payloads: string[] = []
  let payload = ""
  for (const line of lines) {
    if (payload !== "" && payload.length + line.length >= longestPayload) {
      payloads.push(payload)
      payload = ""
    }
    payload += payload === "" ? line : `\n${line}`
  }
  payloads.push(payload)
  return payloads
}
