import { constants } from "node:os"

/** Why a command ends before it is done. */
export class Interruption extends Error {
  override readonly name = "Interruption"
  readonly signal: NodeJS.Signals
  readonly exitCode: number

  constructor(signal: NodeJS.Signals) {
    super(`Ended by ${signal}.`)
    this.signal = signal
    this.exitCode = 128 + constants.signals[signal]
  }
}

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const satisfies readonly NodeJS.Signals[]

/**
 * On Ctrl-C the terminal tells every process in the foreground, and npm or npx then tells its command once more: signals so
 * close to the first are the same Ctrl-C.
 */
const echoMs = 300

/**
 * Turns the first Ctrl-C (or SIGTERM, SIGHUP) into an abort whose reason is an {@link Interruption}, so that the command can
 * put everything in order; the second one ends the process at once.
 */
export function listenForInterruption(): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController()
  let impatient = false
  const interrupt = (signal: NodeJS.Signals): void => {
    const interruption = new Interruption(signal)
    if (impatient) process.exit(interruption.exitCode)
    if (controller.signal.aborted) return
    controller.abort(interruption)
    // In a turn of its own: an echo that arrived while the process was busy is heard before that.
    setTimeout(() => setImmediate(() => (impatient = true)), echoMs).unref()
  }
  for (const ending of endings) process.on(ending, interrupt)
  return {
    signal: controller.signal,
    stop: () => {
      for (const ending of endings) process.off(ending, interrupt)
    },
  }
}
