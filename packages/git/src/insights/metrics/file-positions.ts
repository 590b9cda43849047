/**
 * Gives files, by their numbers in a view, positions from 0 in the order in which they come, so that what is counted for them can
 * stand in columns. A look-up in a table takes a fraction of one in a `Map`.
 */
export class FilePositions {
  /** How many files have one. */
  length = 0
  /** The position of a file, and 1; 0 for one that has none. Numbers of both signs take turns. */
  private table = new Int32Array(1024)

  of(file: number): number {
    const slot = file < 0 ? -2 * file - 1 : 2 * file
    if (slot >= this.table.length) this.grow(slot)
    const known = this.table[slot]!
    if (known !== 0) return known - 1
    this.table[slot] = ++this.length
    return this.length - 1
  }

  private grow(slot: number): void {
    const larger = new Int32Array(2 ** Math.ceil(Math.log2(slot + 1)))
    larger.set(this.table)
    this.table = larger
  }
}
