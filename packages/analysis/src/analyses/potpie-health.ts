import type { Analyses } from "@assay/core"
import type { PotpieClient } from "@assay/potpie-client"

type Health = Awaited<ReturnType<Analyses["potpie"]>>

export interface PotpieHealthOptions {
  potpie: PotpieClient | undefined
  /** For how long an answer is good, in milliseconds. */
  keepMs: number
  /** Milliseconds of a clock that only goes forward. */
  now: () => number
}

const longestLookMs = 5_000

/** Whether Potpie answers. It is asked for its agents, which costs nothing, and by however many at once only once. */
export function createPotpieHealth({ potpie, keepMs, now }: PotpieHealthOptions): Analyses["potpie"] {
  let known: { health: Health; at: number } | undefined
  let looking: Promise<Health> | undefined

  async function look(client: PotpieClient): Promise<Health> {
    const signal = AbortSignal.timeout(longestLookMs)
    const health = await client.agents({ signal }).then(
      () => "connected" as const,
      () => "disconnected" as const,
    )
    known = { health, at: now() }
    looking = undefined
    return health
  }

  return async (signal) => {
    if (!potpie) return "unconfigured"
    if (known && now() - known.at < keepMs) return known.health
    looking ??= look(potpie)
    return signal ? Promise.race([looking, given(signal, () => known?.health ?? "disconnected")]) : looking
  }
}

/** What is known when the caller can wait no longer. */
function given(signal: AbortSignal, health: () => Health): Promise<Health> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(health())
    else signal.addEventListener("abort", () => resolve(health()), { once: true })
  })
}
