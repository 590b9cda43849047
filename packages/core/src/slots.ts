/** Places for so many jobs at once. Whoever finds none waits for the next that is given back. */
export interface Slots {
  readonly free: number
  /** Resolves with the function that gives the place back. */
  take(): Promise<() => void>
}

export function createSlots(count: number): Slots {
  const waiting: (() => void)[] = []
  let free = count

  const giveBack = (): void => {
    const next = waiting.shift()
    if (next) next()
    else free++
  }

  return {
    get free() {
      return free
    },
    async take() {
      if (free > 0) free--
      else await new Promise<void>((resolve) => waiting.push(resolve))
      return giveBack
    },
  }
}
