/**
 * Gives pairs of whole numbers (of 32 bits, in their order) positions from 0 in the order in which they come. A table with open
 * addressing in typed arrays: Maps of Maps take ten times the memory, and several times as long.
 */
export class PairPositions {
  /** How many pairs have one. */
  length = 0
  /** By position. */
  one = new Int32Array(1024)
  other = new Int32Array(1024)
  /** By slot: the position, and 1; 0 where there is no pair. */
  private slots = new Int32Array(4096)

  of(one: number, other: number): number {
    const slot = this.slotOf(one, other)
    const known = this.slots[slot]!
    return known !== 0 ? known - 1 : this.add(slot, one, other)
  }

  private slotOf(one: number, other: number): number {
    const { slots } = this
    const mask = slots.length - 1
    let slot = Math.imul(one, 0x9e3779b1) ^ Math.imul(other, 0x85ebca6b)
    slot = (slot ^ (slot >>> 15)) & mask
    for (;;) {
      const known = slots[slot]! - 1
      if (known < 0 || (this.one[known] === one && this.other[known] === other)) return slot
      slot = (slot + 1) & mask
    }
  }

  private add(slot: number, one: number, other: number): number {
    const position = this.length++
    if (position === this.one.length) this.grow()
    this.one[position] = one
    this.other[position] = other
    if (this.slots.length < 4 * this.one.length) this.spread()
    else this.slots[slot] = position + 1
    return position
  }

  private grow(): void {
    const before = [this.one, this.other] as const
    this.one = new Int32Array(2 * before[0].length)
    this.other = new Int32Array(2 * before[0].length)
    this.one.set(before[0])
    this.other.set(before[1])
  }

  /** Puts all pairs into a table that is twice as large. */
  private spread(): void {
    this.slots = new Int32Array(4 * this.one.length)
    for (let position = 0; position < this.length; position++) {
      this.slots[this.slotOf(this.one[position]!, this.other[position]!)] = position + 1
    }
  }
}
