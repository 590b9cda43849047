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
 * Turns the first Ctrl-C (or SIGTERM, SIGHUP) into an abort whose reason is an {@link Interruption}, so that the command can
 * put everything in order; the second one ends the process at once.
 */
export function listenForInterruption(): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController()
  const interrupt = (signal: NodeJS.Signals): void => {
    const interruption = new Interruption(signal)
    if (controller.signal.aborted) process.exit(interruption.exitCode)
    controller.abort(interruption)
  }
  for (const ending of endings) process.on(ending, interrupt)
  return {
    signal: controller.signal,
    stop: () => {
      for (const ending of endings) process.off(ending, interrupt)
    },
  }
}
