import type { Writable } from "node:stream"

/** Where lines go that stay, and one that changes in place. */
export interface Screen {
  /** Whether somebody watches: a line may change in place. */
  readonly interactive: boolean
  readonly columns: number
  /** Writes a line for good, above the one that changes. */
  line(text: string): void
  /** Replaces the line at the bottom; `undefined` takes it away. Does nothing where nobody watches. */
  live(text: string | undefined): void
}

export type ScreenStream = Writable & { isTTY?: boolean; columns?: number }

const clearLine = "\r\u001b[2K"
// Long lines would wrap, and only their last row could be taken away again.
const wrapOff = "\u001b[?7l"
const wrapOn = "\u001b[?7h"

export function createScreen(
  stream: ScreenStream,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Screen {
  const interactive = stream.isTTY === true && environment["TERM"] !== "dumb"
  let shown: string | undefined
  const show = (text: string): string => `${wrapOff}${text}${wrapOn}`
  return {
    interactive,
    get columns() {
      return stream.columns || 100
    },
    line(text) {
      if (shown === undefined) stream.write(`${text}\n`)
      else stream.write(`${clearLine}${text}\n${show(shown)}`)
    },
    live(text) {
      if (!interactive || text === shown) return
      if (text === undefined) stream.write(clearLine)
      else stream.write(`${shown === undefined ? "" : clearLine}${show(text)}`)
      shown = text
    },
  }
}
