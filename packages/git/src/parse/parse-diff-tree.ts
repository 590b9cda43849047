import { GitError } from "../errors.js"
import { createPathDecoder } from "./path-text.js"
import { cutOff, longestField, parseDigits, tooLong } from "./split-fields.js"

/** What one commit did to one path. */
export interface Change {
  /** Added, modified, deleted, renamed, copied, or changed in type (a file that became a symbolic link, say). */
  status: "A" | "M" | "D" | "R" | "C" | "T"
  path: string
  /** Only with `R` and `C`: where it came from. */
  oldPath: string | undefined
  /** As in `0o100644`; 0 where there was, or is, nothing. */
  oldMode: number
  newMode: number
  /** All zeros where there is nothing any more. */
  newOid: string
  /** Lines; `null` for binary files. */
  added: number | null
  deleted: number | null
}

export interface CommitChanges {
  oid: string
  changes: Change[]
}

/**
 * The options under which the parser understands `git diff-tree --stdin`. Everything that could change a number is
 * pinned: `--always`, or commits that change nothing vanish; `-M50% -l1000`, or renames depend on someone's settings.
 */
export const diffTreeOptions: readonly string[] = [
  "--stdin",
  "--always",
  "-r",
  "--root",
  "--raw",
  "--numstat",
  "--no-abbrev",
  "-z",
  "--no-ext-diff",
  "--no-textconv",
  "--diff-algorithm=myers",
  "-M50%",
  "-l1000",
  "--ignore-submodules=none",
]

/**
 * A line that is not a commit comes back as it is, which marks the place in the output up to which everything was
 * answered. No line of git's own begins with it.
 */
export const blockMark = "=\n"

export interface DiffTreeParser {
  /** Takes the next piece of output. Calls back for each commit that is complete, and for each mark. */
  push(chunk: Buffer): void
  /** Throws if the output ended within a record. The last commit is complete only now, if no mark followed it. */
  end(): void
}

export interface DiffTreeListener {
  commit(commit: CommitChanges): void
  mark?(): void
}

const mostChanges = 2_000_000
/** In all that is kept together up to a mark: a few small trees can make every commit of a block change a million paths. */
const mostKept = { changes: 2_000_000, pathBytes: 256 * 1024 ** 2 }
const NUL = 0
const TAB = 9
const NEWLINE = 10
const MINUS = 45
const COLON = 58
const EQUALS = 61
const BACKSLASH = 92

/**
 * Understands what `git diff-tree --stdin --raw --numstat -z` writes: for each commit `<oid>NUL`, then one raw record
 * per path, `:mode mode oid oid status NUL path NUL` (two paths after R and C), then in the same order one numstat
 * record per path, `added TAB deleted TAB path NUL` (for R and C `added TAB deleted TAB NUL old NUL new NUL`; `-` for binary).
 * Numstat leaves a path out now and then, so the two are matched by path and not by position.
 */
export function createDiffTreeParser(listener: DiffTreeListener): DiffTreeParser {
  const decode = createPathDecoder()
  let tail: Buffer | undefined
  let commit: CommitChanges | undefined
  /** The record whose paths are being read; `raw` and `numstat` say which kind. */
  let reading: "start" | "rawPath" | "rawNewPath" | "numstatOld" | "numstatNew" = "start"
  let change: Change | undefined
  const kept = { changes: 0, pathBytes: 0 }
  let matched = 0
  let added: number | null = 0
  let deleted: number | null = 0

  function finishCommit(): void {
    if (commit) listener.commit(commit)
    commit = undefined
  }

  function readRaw(buffer: Buffer, start: number, end: number): void {
    // `:100644 100644 ` and two object ids of equal length, then the status
    const width = buffer.indexOf(32, start + 15) - start - 15
    const second = start + 16 + width
    const status = letters[buffer[second + width + 1]!] as Change["status"]
    if (!commit || second + width + 1 >= end) throw unknownFormat()
    change = {
      status,
      path: "",
      oldPath: undefined,
      oldMode: parseMode(buffer, start + 1),
      newMode: parseMode(buffer, start + 8),
      newOid: buffer.toString("latin1", second, second + width),
      added: 0,
      deleted: 0,
    }
    commit.changes.push(change)
    if (commit.changes.length > mostChanges) {
      throw new GitError("REPOSITORY_TOO_LARGE", `A commit changes more than ${mostChanges} files.`)
    }
    if (++kept.changes > mostKept.changes) throw tooMuch()
    reading = "rawPath"
  }

  /** Whether the token is `added TAB deleted TAB …`; positions of the two tabs are enough to tell it from an object id. */
  function readNumstat(buffer: Buffer, start: number, end: number): boolean {
    const first = endOfNumber(buffer, start)
    if (buffer[first] !== TAB || first >= end) return false
    const second = endOfNumber(buffer, first + 1)
    if (buffer[second] !== TAB || second >= end) return false
    added = buffer[start] === MINUS ? null : parseDigits(buffer, start, first)
    deleted = buffer[first + 1] === MINUS ? null : parseDigits(buffer, first + 1, second)
    if (second + 1 === end) reading = "numstatOld"
    else assignLines(decode(buffer, second + 1, end))
    return true
  }

  /**
   * Reads the numstat record that begins here if it is that of the next change, whole, and its path is of plain characters: nearly
   * all are. Returns where it ends; -1 if it is another record, and nothing was read then.
   */
  function readExpected(buffer: Buffer, start: number): number {
    const target = commit?.changes[matched]
    if (!target) return -1
    // To look behind the end of a buffer is slow from then on.
    const { length } = buffer
    const first = endOfNumber(buffer, start)
    if (first >= length - 1 || buffer[first] !== TAB) return -1
    const second = endOfNumber(buffer, first + 1)
    if (second >= length - 1 || buffer[second] !== TAB) return -1
    const end = endOfPath(buffer, second + 1, target.path)
    if (end === -1) return -1
    matched++
    target.added = buffer[start] === MINUS ? null : parseDigits(buffer, start, first)
    target.deleted = buffer[first + 1] === MINUS ? null : parseDigits(buffer, first + 1, second)
    return end
  }

  function assignLines(path: string): void {
    const changes = commit?.changes ?? []
    while (matched < changes.length && changes[matched]!.path !== path) matched++
    const target = changes[matched++]
    if (!target) throw unknownFormat()
    target.added = added
    target.deleted = deleted
  }

  function token(buffer: Buffer, start: number, end: number): void {
    if (reading === "rawPath" || reading === "rawNewPath") {
      kept.pathBytes += end - start
      if (kept.pathBytes > mostKept.pathBytes) throw tooMuch()
    }
    switch (reading) {
      case "rawPath":
        if (change!.status === "R" || change!.status === "C") {
          change!.oldPath = decode(buffer, start, end)
          reading = "rawNewPath"
        } else {
          change!.path = decode(buffer, start, end)
          reading = "start"
        }
        return
      case "rawNewPath":
        change!.path = decode(buffer, start, end)
        reading = "start"
        return
      case "numstatOld":
        reading = "numstatNew"
        return
      case "numstatNew":
        assignLines(decode(buffer, start, end))
        reading = "start"
        return
      case "start":
        if (buffer[start] === COLON) return readRaw(buffer, start, end)
        if (readNumstat(buffer, start, end)) return
        if (end - start !== 40 && end - start !== 64) throw unknownFormat()
        finishCommit()
        commit = { oid: buffer.toString("latin1", start, end), changes: [] }
        matched = 0
    }
  }

  return {
    push(chunk) {
      const buffer = tail ? Buffer.concat([tail, chunk]) : chunk
      const length = buffer.length
      let start = 0
      while (start < length) {
        if (reading === "start") {
          const expected = readExpected(buffer, start)
          if (expected !== -1) {
            start = expected + 1
            continue
          }
        }
        const isMark = reading === "start" && buffer[start] === EQUALS
        const end = buffer.indexOf(isMark ? NEWLINE : NUL, start)
        if (end === -1) break
        if (isMark) {
          finishCommit()
          kept.changes = 0
          kept.pathBytes = 0
          listener.mark?.()
        } else token(buffer, start, end)
        start = end + 1
      }
      tail = start < length ? buffer.subarray(start) : undefined
      if (tail && tail.length > longestField) throw tooLong()
    },
    end() {
      if (tail || reading !== "start") throw cutOff()
      finishCommit()
    },
  }
}

/** Of each byte, because the engine is asked for the same few again and again. */
const letters = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code))

/** Where this path ends, if it stands here with its NUL, and the bytes of its text are its own; else -1. */
function endOfPath(buffer: Buffer, start: number, path: string): number {
  const end = start + path.length
  // What is not plain, and what may be an escape, has to be decoded before it can be compared.
  if (path === "" || end >= buffer.length || buffer[end] !== NUL) return -1
  for (let at = start; at < end; at++) {
    const code = path.charCodeAt(at - start)
    if (code !== buffer[at] || code > 126 || code === BACKSLASH) return -1
  }
  return end
}

/** Six octal digits. */
function parseMode(buffer: Buffer, start: number): number {
  let mode = 0
  for (let at = start; at < start + 6; at++) mode = mode * 8 + (buffer[at]! - 48)
  return mode
}

function endOfNumber(buffer: Buffer, start: number): number {
  const { length } = buffer
  let at = start
  while (at < length && ((buffer[at]! >= 48 && buffer[at]! <= 57) || buffer[at] === MINUS)) at++
  return at
}

function tooMuch(): GitError {
  return new GitError(
    "REPOSITORY_TOO_LARGE",
    "A few commits of the repository change more files than can be read at once.",
  )
}

function unknownFormat(): GitError {
  return new GitError("GIT_FAILED", "Git describes the changes of a commit in an unknown way.", { retryable: false })
}
