/**
 * Counts pairs of numbers. A table with open addressing in typed arrays: a `Map` of as many pairs takes ten times the memory.
 */
export interface PairCounter {
  /** The order of the two does not matter. */
  add(one: number, other: number): void
  readonly size: number
  each(use: (smaller: number, larger: number, count: number) => void): void
}

export function createPairCounter(): PairCounter {
  let capacity = 1 << 12
  let smaller = new Int32Array(capacity)
  let larger = new Int32Array(capacity)
  let count = new Int32Array(capacity)
  let size = 0

  const slotOf = (one: number, other: number): number => {
    let slot = (Math.imul(one, 0x9e3779b1) ^ Math.imul(other, 0x85ebca6b)) >>> 0
    slot = (slot ^ (slot >>> 15)) & (capacity - 1)
    while (count[slot] !== 0 && (smaller[slot] !== one || larger[slot] !== other)) slot = (slot + 1) & (capacity - 1)
    return slot
  }
  const grow = (): void => {
    const before = [smaller, larger, count] as const
    capacity *= 2
    smaller = new Int32Array(capacity)
    larger = new Int32Array(capacity)
    count = new Int32Array(capacity)
    for (let at = 0; at < before[2].length; at++) {
      if (before[2][at] === 0) continue
      const slot = slotOf(before[0][at]!, before[1][at]!)
      smaller[slot] = before[0][at]!
      larger[slot] = before[1][at]!
      count[slot] = before[2][at]!
    }
  }
  return {
    get size() {
      return size
    },
    add(one, other) {
      const [low, high] = one < other ? [one, other] : [other, one]
      let slot = slotOf(low, high)
      if (count[slot] === 0) {
        if (size * 2 >= capacity) {
          grow()
          slot = slotOf(low, high)
        }
        smaller[slot] = low
        larger[slot] = high
        size++
      }
      count[slot]!++
    },
    each(use) {
      for (let slot = 0; slot < capacity; slot++)
        if (count[slot] !== 0) use(smaller[slot]!, larger[slot]!, count[slot]!)
    },
  }
}
