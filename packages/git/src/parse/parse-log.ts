import { createFieldSplitter, cutOff } from "./split-fields.js"

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

/** Takes the output of `git log` as it comes and returns the commits that are complete with each piece. */
export interface LogParser {
  push(chunk: Buffer): Commit[]
  /** Throws if the output ended within a commit. */
  end(): void
}

export function createLogParser(): LogParser {
  const splitter = createFieldSplitter()
  let record: string[] = []
  // A few people write most of the commits.
  const people = new Map<string, Identity>()

  function identity(name: string, email: string): Identity {
    const key = `${name}\0${email}`
    let known = people.get(key)
    if (!known) {
      if (people.size >= 100_000) people.clear()
      people.set(key, (known = Object.freeze({ name, email })))
    }
    return known
  }

  return {
    push(chunk) {
      const commits: Commit[] = []
      splitter.push(chunk, (buffer, start, end) => {
        record.push(buffer.toString("utf8", start, end))
        if (record.length < fields.length) return
        const [
          oid,
          parents,
          authorName,
          authorEmail,
          authored,
          committerName,
          committerEmail,
          committed,
          subject,
          trailers,
        ] = record as Record10
        record = []
        commits.push({
          oid,
          parents: parents === "" ? [] : parents.split(" "),
          author: identity(authorName, authorEmail),
          authoredAt: parseMoment(authored),
          committer: identity(committerName, committerEmail),
          committedAt: parseMoment(committed),
          subject: subject.length > 1_000 ? subject.slice(0, 1_000) : subject,
          coAuthors: trailers === "" ? [] : parseCoAuthors(trailers, identity),
        })
      })
      return commits
    },
    end() {
      splitter.end()
      if (record.length > 0) throw cutOff()
    },
  }
}

type Record10 = [string, string, string, string, string, string, string, string, string, string]

/** `1700000000 +0530`. What cannot be read is the epoch, in UTC. */
function parseMoment(text: string): Moment {
  const space = text.indexOf(" ")
  const seconds = Number(text.slice(0, space))
  const zone = Number(text.slice(space + 1))
  const hours = Math.trunc(zone / 100)
  const offsetMinutes = hours * 60 + (zone - hours * 100)
  return {
    seconds: Number.isSafeInteger(seconds) ? seconds : 0,
    offsetMinutes: Number.isInteger(offsetMinutes) && Math.abs(offsetMinutes) < 24 * 60 ? offsetMinutes : 0,
  }
}

function parseCoAuthors(trailers: string, identity: (name: string, email: string) => Identity): Identity[] {
  const found = new Set<Identity>()
  for (const trailer of trailers.split("\u0003")) {
    const match = /^\s*([^<]*?)\s*<([^<>]*)>/.exec(trailer)
    if (match) found.add(identity(match[1]!, match[2]!.trim()))
  }
  return [...found]
}
