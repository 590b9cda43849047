import { GitError } from "../errors.js"
import { diffTreeOptions } from "./parse-diff-tree.js"
import type { Change } from "./parse-diff-tree.js"
import { createPathDecoder } from "./path-text.js"
import { cutOff, longestField, parseDigits, tooLong } from "./split-fields.js"

/** What one commit did to one path, and where in the file. */
export interface PatchedChange extends Change {
  /** All zeros where there was nothing. */
  oldOid: string
  /**
   * Four numbers for each place: the line before which, or from which on, the old file is changed, how many of its lines go,
   * and the same of the new file, as in `@@ -1,2 +3,4 @@`. Ascending.
   */
  hunks: number[]
  /** Git did not compare lines, because one side is binary. */
  binary: boolean
}

export interface CommitPatch {
  oid: string
  changes: PatchedChange[]
}

/**
 * The options under which the parser understands `git diff-tree --stdin`: the patches say in one pass what numstat would, and
 * where; git compares every pair of files once. `--full-index` spares it the search for short ids.
 */
export const patchOptions: readonly string[] = [
  ...diffTreeOptions.filter((option) => option !== "--numstat"),
  "--patch",
  "-U0",
  "--full-index",
  "--no-color",
  "--src-prefix=a/",
  "--dst-prefix=b/",
  "--submodule=short",
]

export interface PatchListener {
  commit(commit: CommitPatch): void
  mark?(): void
}

export interface PatchParser {
  push(chunk: Buffer): void
  /** Throws if the output ended within a commit. */
  end(): void
}

const mostChanges = 2_000_000
const NEWLINE = 10
const SPACE = 32
const COLON = 58
const EQUALS = 61
const AT = 64
const BACKSLASH = 92
const B = 66
const D = 100
const F = 102
const I = 105

/**
 * Understands what `git diff-tree --stdin --raw --patch -U0 -z` writes: for each commit `<oid>NUL`, one raw record per path
 * (`:mode mode oid oid status NUL path NUL`, two paths for renames), NUL, and then a patch per path in the same order: lines
 * that end with a newline. Paths are those of the raw records, so that no quoted name has to be read. A record of a path
 * that changed its type (a file that became a link) has two patches. Contents are skipped by counting lines, never by
 * looking at them: a deleted line may look like `--- x`.
 */
export function createPatchParser(listener: PatchListener): PatchParser {
  const decode = createPathDecoder()
  let tail: Buffer | undefined
  let commit: CommitPatch | undefined
  let reading: "start" | "path" | "newPath" | "patch" = "start"
  /** The record whose patch is being read, and whether it is the second one of a change of type. */
  let section = -1
  let second = false
  /** Lines of the hunk at hand that are still to come, and whether the one being skipped has begun. */
  let left = 0
  let inLine = false

  function finishCommit(): void {
    if (commit) listener.commit(commit)
    commit = undefined
  }

  function startCommit(oid: string): void {
    if (!/^[0-9a-f]+$/.test(oid)) throw unknownFormat()
    finishCommit()
    commit = { oid, changes: [] }
    reading = "start"
    section = -1
    second = false
  }

  function readRaw(buffer: Buffer, start: number, end: number): void {
    // `:100644 100644 ` and two object ids of equal length, then the status
    const width = buffer.indexOf(SPACE, start + 15) - start - 15
    const from = start + 16 + width
    if (!commit || from + width + 1 >= end) throw unknownFormat()
    commit.changes.push({
      status: String.fromCharCode(buffer[from + width + 1]!) as Change["status"],
      path: "",
      oldPath: undefined,
      oldMode: parseMode(buffer, start + 1),
      newMode: parseMode(buffer, start + 8),
      oldOid: buffer.toString("latin1", start + 15, start + 15 + width),
      newOid: buffer.toString("latin1", from, from + width),
      added: 0,
      deleted: 0,
      hunks: [],
      binary: false,
    })
    if (commit.changes.length > mostChanges) {
      throw new GitError("REPOSITORY_TOO_LARGE", `A commit changes more than ${mostChanges} files.`)
    }
    reading = "path"
  }

  /** A field that ends with NUL. */
  function readField(buffer: Buffer, start: number, end: number): void {
    if (reading === "start") {
      if (start === end) reading = "patch"
      else if (buffer[start] === COLON) readRaw(buffer, start, end)
      else startCommit(buffer.toString("latin1", start, end))
      return
    }
    const change = commit!.changes.at(-1)!
    if (reading === "path" && (change.status === "R" || change.status === "C")) {
      change.oldPath = decode(buffer, start, end)
      reading = "newPath"
    } else {
      change.path = decode(buffer, start, end)
      reading = "start"
    }
  }

  function nextSection(): void {
    if (section >= 0 && !second && commit!.changes[section]?.status === "T") second = true
    else {
      section++
      second = false
    }
    if (!commit?.changes[section]) throw unknownFormat()
  }

  /** Some records have no patch; the ids in the line `index <old>..<new>` say whose this one is. */
  function readIndex(buffer: Buffer, start: number, end: number): void {
    const dots = buffer.indexOf("..", start)
    const old = buffer.toString("latin1", start + 6, dots)
    const space = buffer.indexOf(SPACE, dots)
    const now = buffer.toString("latin1", dots + 2, space === -1 || space > end ? end : space)
    for (; ; section++) {
      const change = commit?.changes[section]
      if (!change) throw unknownFormat()
      if (change.status === "T" || (change.oldOid === old && change.newOid === now)) return
    }
  }

  function readHunk(buffer: Buffer, start: number): void {
    const change = commit?.changes[section]
    if (!change) throw unknownFormat()
    // `@@ -1,2 +3,4 @@`; a count of one is left out.
    let at = start + 4
    const numbers: number[] = []
    for (let side = 0; side < 2; side++) {
      const number = endOfDigits(buffer, at)
      numbers.push(parseDigits(buffer, at, number))
      at = number
      if (buffer[at] === 44) {
        const count = endOfDigits(buffer, at + 1)
        numbers.push(parseDigits(buffer, at + 1, count))
        at = count
      } else numbers.push(1)
      at += 2
    }
    const [, deleted, , added] = numbers as [number, number, number, number]
    change.deleted! += deleted
    change.added! += added
    change.hunks.push(...numbers)
    left = deleted + added
  }

  /** A line of a patch outside of its contents. */
  function readLine(buffer: Buffer, start: number, end: number): void {
    const first = buffer[start]
    if (first === AT) readHunk(buffer, start)
    else if (first === I) readIndex(buffer, start, end)
    // `diff --git`, and not `deleted file mode`
    else if (first === D && buffer[start + 1] === I && buffer[start + 2] === F) nextSection()
    else if (first === B) {
      const change = commit?.changes[section]
      if (!change) throw unknownFormat()
      change.binary = true
      change.added = null
      change.deleted = null
    }
  }

  /** Skips lines of a hunk's contents, and returns where they end, or the end of the buffer. */
  function skipLines(buffer: Buffer, start: number): number {
    const length = buffer.length
    let at = start
    while (left > 0) {
      if (!inLine) {
        if (at >= length) return length
        // `\ No newline at end of file` is none of the lines.
        if (buffer[at] !== BACKSLASH) left--
        inLine = true
      }
      const end = buffer.indexOf(NEWLINE, at)
      if (end === -1) return length
      at = end + 1
      inLine = false
    }
    return at
  }

  return {
    push(chunk) {
      const buffer = tail ? Buffer.concat([tail, chunk]) : chunk
      tail = undefined
      let start = 0
      if (inLine) {
        // The rest of the line that the last chunk ended in.
        const end = buffer.indexOf(NEWLINE)
        if (end === -1) return
        start = end + 1
        inLine = false
      }
      for (;;) {
        if (left > 0) start = skipLines(buffer, start)
        if (start >= buffer.length || inLine) return
        if (reading !== "path" && reading !== "newPath" && buffer[start] === EQUALS) {
          const end = buffer.indexOf(NEWLINE, start)
          if (end === -1) break
          finishCommit()
          reading = "start"
          listener.mark?.()
          start = end + 1
          continue
        }
        if (reading === "patch" && buffer.length - start < 3) break
        const field = reading !== "patch" || isHex(buffer, start)
        const end = buffer.indexOf(field ? 0 : NEWLINE, start)
        if (end === -1) break
        if (!field) readLine(buffer, start, end)
        else if (reading === "patch") startCommit(buffer.toString("latin1", start, end))
        else readField(buffer, start, end)
        start = end + 1
      }
      tail = buffer.subarray(start)
      if (tail.length > longestField) throw tooLong()
    },
    end() {
      if (tail || left > 0 || inLine || reading === "path" || reading === "newPath") throw cutOff()
      finishCommit()
    },
  }
}

/** Whether an object id begins here: no line of a patch begins with three such digits. */
function isHex(buffer: Buffer, start: number): boolean {
  for (let at = start; at < start + 3; at++) {
    const byte = buffer[at]!
    if (!((byte >= 48 && byte <= 57) || (byte >= 97 && byte <= 102))) return false
  }
  return true
}

/** Six octal digits. */
function parseMode(buffer: Buffer, start: number): number {
  let mode = 0
  for (let at = start; at < start + 6; at++) mode = mode * 8 + (buffer[at]! - 48)
  return mode
}

function endOfDigits(buffer: Buffer, start: number): number {
  let at = start
  while (buffer[at]! >= 48 && buffer[at]! <= 57) at++
  return at
}

function unknownFormat(): GitError {
  return new GitError("GIT_FAILED", "Git describes the changes of a commit in an unknown way.", { retryable: false })
}
