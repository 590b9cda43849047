import { GitError } from "../errors.js"

/** Takes the stream as it comes and hands over field by field, as positions in a buffer. */
export interface FieldSplitter {
  push(chunk: Buffer, field: (buffer: Buffer, start: number, end: number) => void): void
  /** Throws `MIRROR_DAMAGED` if the stream ended within a field. */
  end(): void
}

/** What one field may take. Longer ones are no names, dates or paths, whatever they claim to be. */
export const longestField = 8 * 1024 ** 2

/** Splits output that git ends every field of with NUL (`-z`). Only an unfinished field is carried over to the next chunk. */
export function createFieldSplitter(): FieldSplitter {
  let tail: Buffer | undefined
  return {
    push(chunk, field) {
      const buffer = tail ? Buffer.concat([tail, chunk]) : chunk
      let start = 0
      for (;;) {
        const end = buffer.indexOf(0, start)
        if (end === -1) break
        field(buffer, start, end)
        start = end + 1
      }
      tail = start < buffer.length ? buffer.subarray(start) : undefined
      if (tail && tail.length > longestField) throw tooLong()
    },
    end() {
      if (tail) throw cutOff()
    },
  }
}

export function tooLong(): GitError {
  return new GitError("REPOSITORY_TOO_LARGE", `The repository holds a name or text of more than ${longestField} bytes.`)
}

export function cutOff(): GitError {
  return new GitError("MIRROR_DAMAGED", "Git stopped in the middle of its answer.")
}

/** Reads a decimal number; anything else than digits ends it. */
export function parseDigits(buffer: Buffer, start: number, end: number): number {
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = buffer[at]! - 48
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
  }
  return value
}
