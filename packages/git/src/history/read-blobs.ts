import { GitError } from "../errors.js"
import type { Mirror } from "../mirror/mirror.js"
import { cutOff } from "../parse/split-fields.js"
import { assertObjectId } from "./object-id.js"

export interface Blob {
  oid: string
  /** Of the whole blob, in bytes. */
  size: number
  /** The first `bytes` of it. */
  content: Buffer
}

/**
 * The contents of blobs, in the order in which they are asked for. No more than `bytes` of each is kept; the rest is
 * skipped as it comes. Throws `MIRROR_DAMAGED` if one is missing.
 */
export async function* readBlobs(
  mirror: Mirror,
  oids: AsyncIterable<string> | Iterable<string>,
  options: { bytes?: number; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<Blob, void, undefined> {
  const most = options.bytes ?? 1024 ** 2
  const output = mirror.git.stream(["cat-file", "--batch"], {
    repository: mirror,
    signal: options.signal,
    input: asLines(oids),
  })
  let header = ""
  let blob: { oid: string; size: number; content: Buffer[]; kept: number; left: number } | undefined
  for await (const chunk of output) {
    let at = 0
    while (at < chunk.length) {
      if (!blob) {
        const end = chunk.indexOf(10, at)
        header += chunk.toString("latin1", at, end === -1 ? chunk.length : end)
        if (end === -1) break
        at = end + 1
        const [oid = "", kind, size] = header.split(" ")
        header = ""
        if (kind !== "blob" || size === undefined)
          throw new GitError("MIRROR_DAMAGED", "The local copy of the repository misses a file.")
        // A newline follows the content.
        blob = { oid, size: Number(size), content: [], kept: 0, left: Number(size) + 1 }
      }
      const available = Math.min(blob.left, chunk.length - at)
      const wanted = Math.min(available, most - blob.kept, blob.size - blob.kept)
      if (wanted > 0) {
        blob.content.push(chunk.subarray(at, at + wanted))
        blob.kept += wanted
      }
      blob.left -= available
      at += available
      if (blob.left > 0) continue
      yield { oid: blob.oid, size: blob.size, content: Buffer.concat(blob.content) }
      blob = undefined
    }
  }
  if (blob || header !== "") throw cutOff()
}

async function* asLines(oids: AsyncIterable<string> | Iterable<string>): AsyncGenerator<string, void, undefined> {
  for await (const oid of oids) yield `${assertObjectId(oid)}\n`
}
