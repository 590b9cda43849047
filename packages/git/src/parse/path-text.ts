import { isUtf8 } from "node:buffer"

/**
 * Turns the bytes of a path into text without ever giving two paths the same text. Git's paths are bytes; nearly all
 * are UTF-8 and come out as they are. A byte that is not part of UTF-8 is written `\xNN`; a backslash that is followed
 * by what looks like such an escape becomes `\x5c`, so that the two cannot be confused. `encodePath` is the inverse.
 */
export function decodePath(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (isUtf8(bytes)) {
    const plain = text.toString("utf8")
    return plain.includes("\\x") ? escapeLookalikes(plain) : plain
  }
  let decoded = ""
  for (let start = 0; start < text.length;) {
    const length = validLength(text, start)
    if (length === 0) {
      decoded += `\\x${text[start]!.toString(16).padStart(2, "0")}`
      start += 1
    } else {
      // Escaped piece by piece: an escape of ours must not be taken for a lookalike.
      decoded += escapeLookalikes(text.toString("utf8", start, start + length))
      start += length
    }
  }
  return decoded
}

/** The bytes that `decodePath` read, to name the path to git again. */
export function encodePath(path: string): Buffer {
  if (!path.includes("\\x")) return Buffer.from(path, "utf8")
  const parts = path.split(/(\\x[0-9a-f]{2})/)
  return Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 1 ? Buffer.from([parseInt(part.slice(2), 16)]) : Buffer.from(part, "utf8"),
    ),
  )
}

function escapeLookalikes(text: string): string {
  return text.replace(/\\(?=x[0-9a-f]{2})/g, "\\x5c")
}

/** How many bytes from `start` on are valid UTF-8. */
function validLength(bytes: Buffer, start: number): number {
  let end = start
  while (end < bytes.length) {
    const first = bytes[end]!
    const length =
      first < 0x80
        ? 1
        : first >= 0xc2 && first < 0xe0
          ? 2
          : first >= 0xe0 && first < 0xf0
            ? 3
            : first >= 0xf0 && first < 0xf5
              ? 4
              : 0
    if (length === 0 || end + length > bytes.length || !isUtf8(bytes.subarray(end, end + length))) break
    end += length
  }
  return end - start
}

/** Decodes paths out of a stream in which the same ones come again and again. */
export type PathDecoder = (buffer: Buffer, start: number, end: number) => string

/**
 * Returns a decoder that remembers what it has decoded, so that a path costs one look-up and all mentions of it share
 * one string. It forgets everything after `most` different paths: a hostile history must not fill the memory.
 */
export function createPathDecoder(most = 250_000): PathDecoder {
  const known = new Map<string, string>()
  return (buffer, start, end) => {
    const key = buffer.toString("latin1", start, end)
    const path = known.get(key)
    if (path !== undefined) return path
    if (known.size >= most) known.clear()
    const decoded = decodePath(buffer.subarray(start, end))
    // A key that is its own path keeps one string alive instead of two.
    if (decoded === key) known.set(key, key)
    else known.set(key, decoded)
    return decoded === key ? key : decoded
  }
}
