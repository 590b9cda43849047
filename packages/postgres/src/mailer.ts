import type { Transaction } from "@assay/core"

// PostgreSQL takes less than 8,000 bytes per notification.
const longestPayload = 7_900

/**
 * Sends lines with NOTIFY, as many as fit in one notification, in the order in which they were given: what comes while a
 * notification is on its way waits for it, because two connections of a pool may overtake each other.
 */
export interface Mailer {
  /** Resolves when the lines were handed to the server. Lines hold no line breaks. */
  send(lines: readonly string[]): Promise<void>
  /** Resolves when everything was. */
  idle(): Promise<void>
}

export function createMailer(database: Pick<Transaction, "query">, channel: string): Mailer {
  let waiting: string[] = []
  let next: Promise<void> | undefined
  let last: Promise<unknown> = Promise.resolve()

  async function flush(): Promise<void> {
    next = undefined
    const payloads = pack(waiting)
    waiting = []
    await database.query("select pg_notify($1, payload) from unnest($2::text[]) as payload", [channel, payloads])
  }

  return {
    send(lines) {
      if (lines.length === 0) return Promise.resolve()
      waiting.push(...lines)
      next ??= last.then(flush)
      last = next.catch(() => {})
      return next
    },
    idle: async () => {
      await last
    },
  }
}

/** The lines of a payload. */
export function unpack(payload: string): string[] {
  return payload.split("\n")
}

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
