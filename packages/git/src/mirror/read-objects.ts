import { GitError } from "../errors.js"
import { assertObjectId } from "../history/object-id.js"
import { cutOff } from "../parse/split-fields.js"
import type { Mirror } from "./mirror.js"

export interface GitObject {
  oid: string
  kind: "blob" | "tree" | "commit" | "tag"
  /** Bytes of the whole object. */
  size: number
  /** The beginning of it. */
  content: Buffer
}

/** What is left of an object is read and thrown away up to here; beyond, a new process costs less. */
const skipped = 1024 ** 2

/**
 * Yields objects in the order in which they are asked for, the same one twice if it is asked for twice. No more than
 * `bytes` of each is kept, and not much more is ever unpacked: a pack of a few megabytes can hold files of terabytes.
 * Throws `MIRROR_DAMAGED` if one is missing.
 */
export async function* readObjects(
  mirror: Mirror,
  oids: readonly string[],
  options: { bytes: number; signal?: AbortSignal | undefined },
): AsyncGenerator<GitObject, void, undefined> {
  for (let done = 0; done < oids.length;) {
    for await (const object of readSome(mirror, oids.slice(done), options)) {
      done++
      yield object
    }
  }
}

/** Ends early after an object of which too much is left. */
async function* readSome(
  mirror: Mirror,
  oids: readonly string[],
  options: { bytes: number; signal?: AbortSignal | undefined },
): AsyncGenerator<GitObject, void, undefined> {
  const output = mirror.git.stream(["cat-file", "--batch"], {
    repository: mirror,
    signal: options.signal,
    input: oids.map((oid) => `${assertObjectId(oid)}\n`),
  })
  let header = ""
  let object: { oid: string; kind: GitObject["kind"]; size: number; left: number; content: Buffer[] } | undefined
  let kept = 0
  for await (const chunk of output) {
    let at = 0
    while (at < chunk.length) {
      if (!object) {
        const end = chunk.indexOf(10, at)
        header += chunk.toString("latin1", at, end === -1 ? chunk.length : end)
        if (end === -1) break
        at = end + 1
        const [oid = "", kind, size] = header.split(" ")
        header = ""
        if (size === undefined)
          throw new GitError("MIRROR_DAMAGED", "The local copy of the repository misses an object.", {
            hint: "It is made anew on the next run.",
          })
        // A newline follows the content.
        object = { oid, kind: kind as GitObject["kind"], size: Number(size), left: Number(size) + 1, content: [] }
        kept = 0
      }
      const available = Math.min(object.left, chunk.length - at)
      const wanted = Math.min(available, options.bytes - kept, object.size - kept)
      if (wanted > 0) object.content.push(chunk.subarray(at, at + wanted))
      kept += wanted
      object.left -= available
      at += available
      const tooMuchLeft = kept >= options.bytes && object.left > skipped
      if (object.left > 0 && !tooMuchLeft) continue
      const { oid, kind, size, content } = object
      yield { oid, kind, size, content: Buffer.concat(content) }
      if (tooMuchLeft) return
      object = undefined
    }
  }
  if (object || header !== "") throw cutOff()
}
