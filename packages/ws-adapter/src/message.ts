import type { JobEvent, JobProgressEvent } from "@assay/core"
import { toEnvelope } from "./envelope.js"
import type { ServerEvents } from "./event-map.js"

/** One thing that is said to a listener, under the same name on every transport. */
export type Message = { [Name in keyof ServerEvents]: MessageOf<Name> }[keyof ServerEvents]

interface MessageOf<Name extends keyof ServerEvents> {
  readonly event: Name
  readonly data: ServerEvents[Name]
  /** What a listener shows to get what follows: an event's number, or a cursor of the feed. */
  readonly position?: string
}

/** The numbered event itself. It is the last that is said of an event: whoever has it has the rest of it too. */
export function numbered(event: JobEvent, position = String(event.number)): Message {
  return { event: "event", data: toEnvelope(event), position }
}

/** Without a position: it is no row, and missing one loses nothing. */
export function passing(event: JobProgressEvent): Message {
  return { event: "event", data: toEnvelope(event) }
}
