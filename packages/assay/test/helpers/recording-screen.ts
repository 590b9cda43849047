import { Writable } from "node:stream"
import { createScreen } from "../../src/output/screen.js"
import type { Screen, ScreenStream } from "../../src/output/screen.js"

/** A screen that remembers everything that was written to it. */
export function recordingScreen(options: { interactive: boolean }): { screen: Screen; written: () => string } {
  const chunks: string[] = []
  const stream: ScreenStream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk.toString())
      done()
    },
  })
  stream.isTTY = options.interactive
  return { screen: createScreen(stream, {}), written: () => chunks.join("") }
}

/** What a terminal would show in the end of what was written to it: the lines that stay, and the one that moves. */
export function asShown(written: string): string[] {
  const rows = [""]
  // eslint-disable-next-line no-control-regex -- they drive a terminal
  for (const part of written.match(/\u001b\[[?\d;]*[a-zA-Z]|\r|\n|[^\u001b\r\n]+/g) ?? []) {
    if (part === "\n") rows.push("")
    else if (part === "\u001b[2K" || part === "\r") rows[rows.length - 1] = ""
    else if (!part.startsWith("\u001b")) rows[rows.length - 1] += part
  }
  return rows
}
