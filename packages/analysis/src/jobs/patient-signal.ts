import { AssayError } from "@assay/core"

/**
 * A signal that aborts `ms` later than another, because an answer that has been paid for may come any moment. At once only for a
 * job that somebody cancelled: nobody wants its answer.
 */
export function patientSignal(signal: AbortSignal, ms: number): { signal: AbortSignal; release(): void } {
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const onAbort = (): void => {
    const { reason } = signal
    if (AssayError.isInstance(reason) && reason.code === "JOB_CANCELLED") controller.abort(reason)
    else timer = setTimeout(() => controller.abort(reason), ms)
  }
  if (signal.aborted) onAbort()
  else signal.addEventListener("abort", onAbort, { once: true })
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer)
      signal.removeEventListener("abort", onAbort)
    },
  }
}
