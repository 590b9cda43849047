import { createScreen } from "../output/screen.js"
import type { Screen } from "../output/screen.js"
import { createStyle, hasColours } from "../output/style.js"
import type { Style } from "../output/style.js"

/** Where a command speaks: progress and problems on one side, its result on the other. */
export interface Console {
  /** On stderr. */
  readonly screen: Screen
  /** Of what goes to stderr. */
  readonly style: Style
  /** Of what goes to stdout. */
  readonly resultStyle: Style
  /** How wide the result may be. */
  readonly resultColumns: number
  /** Writes to stdout. */
  print(text: string): void
}

export function createConsole(options: { color?: boolean }): Console {
  const wanted = options.color ?? true
  const screen = createScreen(process.stderr)
  return {
    screen,
    style: createStyle(hasColours({ stream: process.stderr, wanted })),
    resultStyle: createStyle(hasColours({ stream: process.stdout, wanted })),
    resultColumns: Math.max(60, Math.min(process.stdout.columns || 100, 120)),
    print(text) {
      // Both may be the same terminal: what moves at its bottom must not end up in the middle of the result.
      screen.live(undefined)
      process.stdout.write(`${text}\n`)
    },
  }
}
