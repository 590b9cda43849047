import { cutOff, longestField, parseDigits, tooLong } from "./split-fields.js"

/** Who, as the commit says it: bytes that are not UTF-8 are U+FFFD, NUL cannot occur. */
export interface Identity {
  name: string
  email: string
}

/** When, by the clock of the person. */
export interface Moment {
  /** Since 1970, UTC. May be absurd (negative, or in the year 9999): commits can claim anything. */
  seconds: number
  /** What the person's clock was ahead of UTC by. */
  offsetMinutes: number
}

export interface Commit {
  oid: string
  /** None for a root, two or more for a merge. */
  parents: string[]
  author: Identity
  authoredAt: Moment
  committer: Identity
  committedAt: Moment
  /** The first paragraph of the message, at most 1,000 characters. */
  subject: string
  /** From `Co-authored-by` trailers, without repetitions. */
  coAuthors: Identity[]
}

/**
 * The fields that are asked of `git log -z`, in this order. Each is followed by NUL, which none can contain, so that a
 * record is simply so many fields.
 */
const fields = [
  "%H",
  "%P",
  "%an",
  "%ae",
  "%ad",
  "%cn",
  "%ce",
  "%cd",
  "%s",
  "%(trailers:key=Co-authored-by,valueonly,unfold,separator=%x03)",
]

/** The options under which `createLogParser` understands `git log`. */
export const logOptions: readonly string[] = [
  "-z",
  "--no-show-signature",
  "--no-decorate",
  "--no-notes",
  "--no-mailmap",
  "--encoding=UTF-8",
  "--date=raw",
  `--format=tformat:${fields.join("%x00")}`,
]

const MINUS = 45

/** Takes the output of `git log` as it comes and returns the commits that are complete with each piece. */
export interface LogParser {
  push(chunk: Buffer): Commit[]
  /** Throws if the output ended within a commit. */
  end(): void
}

export function createLogParser(): LogParser {
  let tail: Buffer | undefined
  /** Where each field of the record at hand ends. */
  const ends = new Int32Array(fields.length)
  // A few people write most of the commits; their name and e-mail, as bytes with the NUL between them, are the key.
  const people = new Map<string, Identity>()

  function intern(key: string, make: () => Identity): Identity {
    let known = people.get(key)
    if (!known) {
      if (people.size >= 100_000) people.clear()
      people.set(key, (known = Object.freeze(make())))
    }
    return known
  }

  /** From `start` on: the name up to the first of the two ends, NUL, the address up to the second. */
  function readIdentity(buffer: Buffer, start: number, [nameEnd, emailEnd]: readonly [number, number]): Identity {
    return intern(buffer.toString("latin1", start, emailEnd), () => ({
      name: buffer.toString("utf8", start, nameEnd),
      email: buffer.toString("utf8", nameEnd + 1, emailEnd),
    }))
  }

  function readCoAuthor(name: string, email: string): Identity {
    return intern(`\u0003${name}\0${email}`, () => ({ name, email }))
  }

  function readCommit(buffer: Buffer, start: number): Commit {
    const [oid, parents, name, email, authored, committerName, committerEmail, committed, subject, trailers] =
      ends as unknown as Ends
    const text = buffer.toString("utf8", committed + 1, subject)
    return {
      oid: buffer.toString("latin1", start, oid),
      parents: parents === oid + 1 ? [] : buffer.toString("latin1", oid + 1, parents).split(" "),
      author: readIdentity(buffer, parents + 1, [name, email]),
      authoredAt: parseMoment(buffer, email + 1, authored),
      committer: readIdentity(buffer, authored + 1, [committerName, committerEmail]),
      committedAt: parseMoment(buffer, committerEmail + 1, committed),
      subject: text.length > 1_000 ? text.slice(0, 1_000) : text,
      coAuthors:
        trailers === subject + 1 ? [] : parseCoAuthors(buffer.toString("utf8", subject + 1, trailers), readCoAuthor),
    }
  }

  return {
    push(chunk) {
      const buffer = tail ? Buffer.concat([tail, chunk]) : chunk
      const commits: Commit[] = []
      let start = 0
      for (;;) {
        let at = start
        let field = 0
        for (; field < fields.length; field++) {
          const end = buffer.indexOf(0, at)
          if (end === -1) break
          ends[field] = end
          at = end + 1
        }
        if (field < fields.length) break
        commits.push(readCommit(buffer, start))
        start = at
      }
      tail = start < buffer.length ? buffer.subarray(start) : undefined
      if (tail && tail.length > longestField) throw tooLong()
      return commits
    },
    end() {
      if (tail) throw cutOff()
    },
  }
}

type Ends = [number, number, number, number, number, number, number, number, number, number]

/** `1700000000 +0530`. What cannot be read is the epoch, in UTC. */
function parseMoment(buffer: Buffer, start: number, end: number): Moment {
  const space = buffer.indexOf(32, start)
  if (space === -1 || space >= end) return { seconds: 0, offsetMinutes: 0 }
  const seconds = buffer[start] === MINUS ? -parseDigits(buffer, start + 1, space) : parseDigits(buffer, start, space)
  const zone = parseDigits(buffer, space + 2, end)
  const minutes = Math.trunc(zone / 100) * 60 + (zone % 100)
  const offsetMinutes = minutes >= 24 * 60 ? 0 : buffer[space + 1] === MINUS ? -minutes : minutes
  return { seconds: Number.isSafeInteger(seconds) ? seconds : 0, offsetMinutes: offsetMinutes || 0 }
}

function parseCoAuthors(trailers: string, identity: (name: string, email: string) => Identity): Identity[] {
  const found = new Set<Identity>()
  for (const trailer of trailers.split("\u0003")) {
    const match = /^\s*([^<]*?)\s*<([^<>]*)>/.exec(trailer)
    if (match) found.add(identity(match[1]!, match[2]!.trim()))
  }
  return [...found]
}
