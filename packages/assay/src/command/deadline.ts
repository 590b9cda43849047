import { milliseconds } from "@assay/core"
import type { Duration } from "@assay/core"
import { SetupError } from "../errors.js"
import { formatDuration } from "../output/format.js"

/** A signal that aborts with `TIMED_OUT` when the time given with `--timeout` is over; never, without one. */
export function startDeadline(timeout: string | undefined): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController()
  if (timeout === undefined) return { signal: controller.signal, stop: () => {} }
  const ms = parseTimeout(timeout)
  const timer = setTimeout(
    () =>
      controller.abort(
        new SetupError("TIMED_OUT", `There was no result within ${formatDuration(ms)}.`, { retryable: true }),
      ),
    Math.min(ms, 2 ** 31 - 1),
  )
  return { signal: controller.signal, stop: () => clearTimeout(timer) }
}

function parseTimeout(text: string): number {
  try {
    const ms = milliseconds(text as Duration)
    if (ms > 0) return ms
  } catch {
    // Said below, in the words of the command line.
  }
  throw new SetupError("USAGE", `--timeout must be a duration such as 90s, 10m or 1h, and is ${JSON.stringify(text)}.`)
}
