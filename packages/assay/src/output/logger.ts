import type { Logger } from "@assay/core"
import { pino } from "pino"
import type { logLevels } from "../settings/settings-schema.js"
import { printable } from "./printable.js"
import type { Screen } from "./screen.js"
import type { Style } from "./style.js"

export type LogLevel = (typeof logLevels)[number]

/** One JSON object per line, on stderr: stdout belongs to what the command prints for people. */
export function createJsonLogger(level: LogLevel): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    // Written at once: a line that explains why a process ended must not end with it.
    pino.destination({ fd: 2, sync: true }),
  )
}

const weights: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 }

/** Short lines for people, above whatever the screen shows at its bottom. */
export function createLineLogger(options: { screen: Screen; style: Style; level: LogLevel }): Logger {
  const { screen, style, level } = options
  const marks = {
    debug: style.dim("debug"),
    info: style.cyan("info "),
    warn: style.yellow("warn "),
    error: style.red("error"),
  }

  function loggerWith(bound: object): Logger {
    const write =
      (lineLevel: keyof typeof marks) =>
      (fields: object, message: string): void => {
        if (weights[lineLevel] < weights[level]) return
        const time = style.dim(new Date().toTimeString().slice(0, 8))
        const more = describeFields({ ...bound, ...fields })
        screen.line(`${time} ${marks[lineLevel]} ${printable(message)}${more === "" ? "" : `  ${style.dim(more)}`}`)
      }
    return {
      debug: write("debug"),
      info: write("info"),
      warn: write("warn"),
      error: write("error"),
      child: (fields) => loggerWith({ ...bound, ...fields }),
    }
  }
  return loggerWith({})
}

function describeFields(fields: object): string {
  return Object.entries(fields)
    .filter(([name, value]) => value !== undefined && name !== "worker")
    .map(([name, value]) => `${name}=${printable(describe(value))}`)
    .join(" ")
}

function describe(value: unknown): string {
  if (value instanceof Error) {
    const { code } = value as { code?: unknown }
    return typeof code === "string" ? `${code}: ${value.message}` : (value.stack ?? value.message).replaceAll("\n", " ")
  }
  if (typeof value === "object" && value !== null && "code" in value && "message" in value) {
    return `${String(value.code)}: ${String(value.message)}`
  }
  return typeof value === "string" ? value : JSON.stringify(value)
}
