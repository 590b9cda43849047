import { inspect } from "node:util"
import type { Logger } from "@assay/core"

export interface RecordingLogger extends Logger {
  /** Every line, with its level and whatever its fields hold, however deep. */
  readonly lines: string[]
}

export function recordingLogger(lines: string[] = []): RecordingLogger {
  const record =
    (level: string) =>
    (fields: object, message: string): void => {
      lines.push(`${level} ${message} ${inspect(fields, { depth: 20, showHidden: true })}`)
    }
  return {
    lines,
    debug: record("debug"),
    info: record("info"),
    warn: record("warn"),
    error: record("error"),
    child: () => recordingLogger(lines),
  }
}
