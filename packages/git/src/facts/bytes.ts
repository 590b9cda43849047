/** Writes whole numbers in as few bytes as they need, seven bits to a byte, the lowest first. */
export class ByteWriter {
  #bytes = new Uint8Array(4096)
  #length = 0

  /** From 0 to `Number.MAX_SAFE_INTEGER`. */
  unsigned(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow()
    let left = value
    while (left > 0x7fffffff) {
      this.#bytes[this.#length++] = (left % 128) | 128
      left = Math.floor(left / 128)
    }
    while (left > 127) {
      this.#bytes[this.#length++] = (left & 127) | 128
      left >>>= 7
    }
    this.#bytes[this.#length++] = left
  }

  /** A number of either sign, half as large. Those near zero stay short. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value)
  }

  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2)
    larger.set(this.#bytes)
    this.#bytes = larger
  }
}

/** Reads what a `ByteWriter` wrote, in the same order. Throws a `RangeError` where there is nothing left to read. */
export class ByteReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  unsigned(): number {
    const bytes = this.#bytes
    let byte = bytes[this.#at++]!
    if (byte < 128) return byte
    let value = byte & 127
    let scale = 128
    do {
      byte = bytes[this.#at++]!
      value += (byte & 127) * scale
      scale *= 128
    } while (byte > 127)
    if (this.#at > bytes.length) throw new RangeError("The block ends too early.")
    return value
  }

  signed(): number {
    const value = this.unsigned()
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2
  }
}
