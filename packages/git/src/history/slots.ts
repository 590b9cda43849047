/** A number of places that work has to wait for. */
export interface Slots {
  /** How many there are. */
  readonly count: number
  /** Waits until one is free and returns what frees it again; `undefined` if the signal aborts before. */
  take(signal: AbortSignal): Promise<(() => void) | undefined>
}

/** Those who came first get the first places. */
export function createSlots(count: number): Slots {
  let free = count
  const waiting: (() => void)[] = []
  const release = (): void => {
    free++
    waiting.shift()?.()
  }
  return {
    count,
    async take(signal) {
      while (free === 0 && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            signal.removeEventListener("abort", leave)
            resolve()
          }
          const leave = (): void => {
            const at = waiting.indexOf(wake)
            if (at !== -1) waiting.splice(at, 1)
            resolve()
          }
          waiting.push(wake)
          signal.addEventListener("abort", leave, { once: true })
        })
      }
      if (signal.aborted) {
        // Whoever woke us has to wake another.
        if (free > 0) waiting.shift()?.()
        return undefined
      }
      free--
      return release
    },
  }
}
