import type { Logger } from "@assay/core"

export interface RecordedLine {
  readonly level: "debug" | "info" | "warn" | "error"
  readonly message: string
  readonly fields: object
}

export function recordingLogger(): Logger & { readonly lines: RecordedLine[] } {
  const lines: RecordedLine[] = []
  const at =
    (level: RecordedLine["level"]) =>
    (fields: object, message: string): void =>
      void lines.push({ level, message, fields })
  const logger = {
    lines,
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: () => logger,
  }
  return logger
}
