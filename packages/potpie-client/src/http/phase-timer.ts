import { PotpieError } from "../errors.js"

/** Milliseconds. `Infinity` waits for ever. */
export interface Timeouts {
  /** Until the connection stands, TLS included. With an injected `fetch`, which does not tell, it is added to `headers`. */
  connect: number
  /** From there until the status line. An answer that is not streamed is made in this time. */
  headers: number
  /** Between two pieces of the body. There is no limit on the whole of it. */
  body: number
}

export type Phase = keyof Timeouts

/** Longer than this, setTimeout fires at once. */
export const longestTimer = 2 ** 31 - 1

/** The signal of one request: aborted by the caller's signal, or when the phase the request is in lasts too long. */
export interface PhaseTimer {
  readonly signal: AbortSignal
  /** Set once a phase lasted too long. */
  readonly expired: PotpieError | undefined
  enter(phase: Phase, limit: number): void
  /** Nothing is awaited of the server now: whoever reads the body is busy with what it has. */
  pause(): void
  end(): void
}

export function createPhaseTimer(caller: AbortSignal | undefined): PhaseTimer {
  const controller = new AbortController()
  const onAbort = (): void => controller.abort(caller?.reason)
  let timer: NodeJS.Timeout | undefined
  let expired: PotpieError | undefined
  if (caller?.aborted) onAbort()
  else caller?.addEventListener("abort", onAbort, { once: true })

  return {
    signal: controller.signal,
    get expired() {
      return expired
    },
    enter(phase, limit) {
      clearTimeout(timer)
      if (limit === Infinity) return
      timer = setTimeout(
        () => {
          expired = new PotpieError("POTPIE_TIMEOUT", `Potpie did not ${doing[phase]} within ${limit} ms.`, { phase })
          controller.abort(expired)
        },
        Math.min(limit, longestTimer),
      )
    },
    pause: () => clearTimeout(timer),
    end() {
      clearTimeout(timer)
      caller?.removeEventListener("abort", onAbort)
    },
  }
}

const doing: Readonly<Record<Phase, string>> = {
  connect: "accept the connection",
  headers: "answer",
  body: "go on with its answer",
}
