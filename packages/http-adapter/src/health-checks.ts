/** Resolves when a part of the service works, and rejects when it does not. */
export type HealthCheck = (signal: AbortSignal) => Promise<unknown>

export interface HealthChecks {
  /** By the name they are reported under. When one fails, the service cannot serve. */
  readonly essential: Readonly<Record<string, HealthCheck>>
  /** When one fails, the service serves all the same. */
  readonly optional: Readonly<Record<string, HealthCheck>>
}

export interface HealthReport {
  /** `degraded`: everything is served, though a part that can be missed for a while does not work. */
  readonly status: "ok" | "degraded" | "unavailable"
  readonly checks: Readonly<Record<string, CheckResult>>
}

export interface CheckResult {
  readonly status: "ok" | "failed"
  readonly duration_ms: number
  /** Why it failed, without details that a stranger should not see. */
  readonly code?: string
}

/**
 * Runs all checks at once, each for at most `timeoutMs`. Callers that ask while they run get the same report, so that
 * however many probes there are, each part is asked once at a time.
 */
export function createHealthReporter(checks: HealthChecks, timeoutMs: number): () => Promise<HealthReport> {
  let running: Promise<HealthReport> | undefined
  return () =>
    (running ??= run(checks, timeoutMs).finally(() => {
      running = undefined
    }))
}

async function run({ essential, optional }: HealthChecks, timeoutMs: number): Promise<HealthReport> {
  const [needed, missable] = await Promise.all([runAll(essential, timeoutMs), runAll(optional, timeoutMs)])
  const status = !allWork(needed) ? "unavailable" : !allWork(missable) ? "degraded" : "ok"
  return { status, checks: { ...missable, ...needed } }
}

async function runAll(
  checks: Readonly<Record<string, HealthCheck>>,
  timeoutMs: number,
): Promise<Record<string, CheckResult>> {
  const results = Object.entries(checks).map(async ([name, check]) => [name, await runOne(check, timeoutMs)] as const)
  return Object.fromEntries(await Promise.all(results))
}

function allWork(results: Readonly<Record<string, CheckResult>>): boolean {
  return Object.values(results).every(({ status }) => status === "ok")
}

async function runOne(check: HealthCheck, timeoutMs: number): Promise<CheckResult> {
  const startedAt = performance.now()
  try {
    await within(timeoutMs, check)
    return { status: "ok", duration_ms: elapsed(startedAt) }
  } catch (error) {
    const { code } = (error ?? {}) as { code?: unknown }
    return { status: "failed", duration_ms: elapsed(startedAt), code: typeof code === "string" ? code : "INTERNAL" }
  }
}

/** What `work` resolves to, if it does so in time. Afterwards its signal is aborted, whatever came of it. */
export async function within<Value>(timeoutMs: number, work: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  try {
    return await Promise.race([
      work(controller.signal),
      new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
          reject(Object.assign(new Error("The check took too long."), { code: "TIMEOUT" }))
        }, timeoutMs)
      }),
    ])
  } finally {
    clearTimeout(timer)
    controller.abort()
  }
}

function elapsed(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 10) / 10
}
