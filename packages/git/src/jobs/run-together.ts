/** Starts some work that runs beside the rest. It has to end early when the signal aborts. */
export type StartPart = <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>

/**
 * Runs work that has parts which run at the same time. When one fails, or the work itself, or `signal` aborts, all are told to
 * end; once they have, the first failure is thrown. Nothing goes on after this has ended.
 */
export async function runTogether(signal: AbortSignal, work: (startPart: StartPart) => Promise<void>): Promise<void> {
  const failing = new AbortController()
  const either = AbortSignal.any([signal, failing.signal])
  let failure: { error: unknown } | undefined
  const running: Promise<unknown>[] = []
  const start: StartPart = (part) => {
    const result = part(either)
    running.push(
      result.catch((error: unknown) => {
        failure ??= { error }
        failing.abort(error)
      }),
    )
    return result
  }
  await start(() => work(start)).catch(() => {})
  await Promise.all(running)
  if (failure) throw failure.error
}
