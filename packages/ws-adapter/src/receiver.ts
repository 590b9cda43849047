import type { LiveError } from "./errors.js"
import type { Message } from "./message.js"

/** One listener, on whatever transport. */
export interface Receiver {
  readonly outlet: Outlet
  /** It wants the numbered events, and not what else is said of them. */
  readonly onlyEvents: boolean
  /** Bytes that wait to be taken by it. */
  waitingBytes(): number
  /** There is nothing more to come, until somebody redrives the job. */
  finished(): void
  /** Tells it why, if it can still be told, and ends the connection. */
  cut(reason: LiveError): void
}

/** Sends the same to several listeners of one transport, so that it is encoded once. */
export interface Outlet {
  send(to: readonly Receiver[], message: Message): void
}

/** Each message to each of them, outlet by outlet. */
export function sendAll(to: readonly Receiver[], messages: readonly Message[]): void {
  if (to.length === 0) return
  const byOutlet = new Map<Outlet, Receiver[]>()
  for (const receiver of to) {
    const group = byOutlet.get(receiver.outlet)
    if (group) group.push(receiver)
    else byOutlet.set(receiver.outlet, [receiver])
  }
  for (const [outlet, receivers] of byOutlet) {
    const talkative = receivers.filter(({ onlyEvents }) => !onlyEvents)
    for (const message of messages) {
      const audience = message.event === "event" ? receivers : talkative
      if (audience.length > 0) outlet.send(audience, message)
    }
  }
}
