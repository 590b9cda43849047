import type {
  FileLineBirths,
  FileRow,
  HistoryBlock,
  IdentityFacts,
  LineLedger,
  SnapshotFacts,
  TagFacts,
} from "../../src/facts/snapshot-facts.js"

/** What plain git is asked through. */
export interface GitRepository {
  gitBytes(...args: string[]): Buffer
}

/** A commit as `git log` prints it, with the objects that a test may count by itself. */
export interface LoggedCommit {
  oid: string
  parents: string[]
  name: string
  email: string
  personName: string
  personEmail: string
  authoredAt: number
  authorOffset: number
  committedAt: number
  coauthors: { name: string; email: string }[]
  changes: LoggedChange[]
}

export interface LoggedChange {
  status: string
  path: string
  oldPath: string | undefined
  mode: string
  oldMode: string
  added: number | undefined
  deleted: number | undefined
}

const settings = ["diff.algorithm=myers", "diff.renameLimit=1000", "core.bigFileThreshold=32m", "mailmap.file="]

export function gitOf(repository: GitRepository, commit: string): (...args: string[]) => string {
  const rules = [...settings, `mailmap.blob=${commit}:.mailmap`].flatMap((setting) => ["-c", setting])
  return (...args) => repository.gitBytes(...rules, ...args).toString("latin1")
}

/** All commits that `commit` reaches, by one `git log`. Paths are latin1 here: bytes, one each. */
export function readLog(repository: GitRepository, commit: string): LoggedCommit[] {
  const git = gitOf(repository, commit)
  const fields = [
    "%H",
    "%P",
    "%an",
    "%ae",
    "%aN",
    "%aE",
    "%ad",
    "%ct",
    "%(trailers:key=Co-authored-by,valueonly,separator=%x02)",
  ]
  const format = `--format=%x01${fields.join("%x00")}%x00`
  const metadata = git("log", "--date=raw", format, commit)
  const commits = metadata
    .split("\u0001")
    .slice(1)
    .map((record): LoggedCommit => {
      const [oid, parents, name, email, personName, personEmail, date, committed, trailers] = record.split("\0")
      const [seconds, zone] = date!.split(" ")
      const minutes = Number(zone!.slice(1, 3)) * 60 + Number(zone!.slice(3))
      return {
        ...{ oid: oid!, parents: parents!.split(" ").filter(Boolean), name: name!, email: email! },
        ...{ personName: personName!, personEmail: personEmail!.toLowerCase() },
        ...{ authoredAt: Number(seconds), authorOffset: zone!.startsWith("-") ? -minutes : minutes },
        committedAt: Number(committed),
        coauthors: trailers!
          .split("\u0002")
          .map((text) => /^(.*?)\s*<([^<>]*)>/.exec(text))
          .flatMap((match) => (match ? [{ name: match[1]!, email: match[2]! }] : [])),
        changes: [],
      }
    })
  const byOid = new Map(commits.map((each) => [each.oid, each]))
  const changes = git(
    "log",
    "--no-merges",
    "--root",
    "-r",
    "-M50%",
    "-l1000",
    "--raw",
    "--numstat",
    "--no-abbrev",
    "-z",
    "--format=%x01%H",
    commit,
  )
  for (const record of changes.split("\u0001").slice(1)) {
    // After the header comes `\0` and the raw records, or nothing at all for an empty commit.
    const tokens = record.split("\0").map((token) => token.replace(/^\n/, ""))
    const target = byOid.get(tokens[0]!)!.changes
    let at = 1
    while (at < tokens.length && !tokens[at]!.startsWith(":") && tokens[at] === "") at++
    for (; tokens[at]?.startsWith(":"); at++) {
      const [oldMode, mode, , , code] = tokens[at]!.slice(1).split(" ")
      const status = code![0]!
      const oldPath = status === "R" ? tokens[++at]! : undefined
      target.push({
        status,
        oldPath,
        path: tokens[++at]!,
        mode: mode!,
        oldMode: oldMode!,
        added: undefined,
        deleted: undefined,
      })
    }
    for (const change of target) {
      const [added, deleted] = tokens[at]!.split("\t")
      at += change.status === "R" ? 3 : 1
      if (added !== "-") Object.assign(change, { added: Number(added), deleted: Number(deleted) })
    }
  }
  return commits
}

export interface LoaderOptions {
  /** Commits of one block. Default 7. */
  blockSize?: number
  /** Changes the order of the commits, which nothing may depend on. */
  shuffle?: <Item>(items: Item[]) => Item[]
  branch?: string
}

/** The facts of a commit, by plain git commands and the simple code below: nothing of what the product reads them with. */
export function loadWithGit(repository: GitRepository, commit: string, options: LoaderOptions = {}): SnapshotFacts {
  const { blockSize = 7, shuffle = (items) => items, branch = "main" } = options
  const git = gitOf(repository, commit)
  const log = readLog(repository, commit)
  const pathIds = numbering()
  const identityIds = numbering()
  const identities = new Map<number, { name: string; email: string }>()
  const identify = (name: string, email: string): number => {
    const id = identityIds.of(`${name}\0${email}`)
    identities.set(id, { name, email })
    return id
  }
  const ranks = rankAll(log)
  const ids = new Map(log.map(({ oid }, at) => [oid, log.length - at]))

  const block = (commits: LoggedCommit[]): HistoryBlock => {
    const changes = commits.flatMap((each) => each.changes)
    let first = 0
    return {
      commits: {
        length: commits.length,
        id: Int32Array.from(commits, ({ oid }) => ids.get(oid)!),
        merge: Uint8Array.from(commits, ({ parents }) => (parents.length > 1 ? 1 : 0)),
        authorId: Int32Array.from(commits, ({ name, email }) => identify(name, email)),
        authoredAt: Float64Array.from(commits, ({ authoredAt }) => authoredAt),
        authorOffset: Int16Array.from(commits, ({ authorOffset }) => authorOffset),
        committedAt: Float64Array.from(commits, ({ committedAt }) => committedAt),
        rank: Float64Array.from(commits, ({ oid }) => ranks.get(oid)!),
        tie: Float64Array.from(commits, ({ oid }) => parseInt(oid.slice(0, 12), 16)),
        firstChange: Int32Array.from([0, ...commits.map((each) => (first += each.changes.length))]),
        coauthors: new Map(
          commits.flatMap(({ coauthors, name, email }, at) => {
            const author = identify(name, email)
            const others = [...new Set(coauthors.map((each) => identify(each.name, each.email)))]
            const helpers = others.filter((id) => id !== author)
            return helpers.length > 0 ? [[at, Int32Array.from(helpers)] as const] : []
          }),
        ),
      },
      changes: {
        length: changes.length,
        pathId: Int32Array.from(changes, ({ path }) => pathIds.of(path)),
        oldPathId: Int32Array.from(changes, ({ oldPath }) => (oldPath === undefined ? 0 : pathIds.of(oldPath))),
        status: Uint8Array.from(changes, ({ status }) => status.charCodeAt(0)),
        kind: Uint8Array.from(changes, ({ mode, oldMode }) => kindOf(mode === "000000" ? oldMode : mode).charCodeAt(0)),
        added: Int32Array.from(changes, ({ added }) => added ?? -1),
        deleted: Int32Array.from(changes, ({ deleted }) => deleted ?? -1),
      },
    }
  }
  const ordered = shuffle([...log])
  const blocks: HistoryBlock[] = []
  for (let at = 0; at < ordered.length; at += blockSize) blocks.push(block(ordered.slice(at, at + blockSize)))
  const files = readFiles(git, commit, pathIds.of)
  let lineFacts: { ledger: LineLedger; births: FileLineBirths[] } | undefined
  const lines = (): { ledger: LineLedger; births: FileLineBirths[] } =>
    (lineFacts ??= blameAll({ git, commit, log, ids, pathId: pathIds.of, identify }))

  return {
    repositoryId: 1,
    snapshot: {
      ...{ number: 1, commit, branch },
      committedAt: new Date(log[0]!.committedAt * 1000),
    },
    async *history() {
      await Promise.resolve()
      yield* blocks
    },
    // A path that is not UTF-8 cannot be named on the command line of `git blame` from here.
    lines: () =>
      Promise.resolve(
        [...pathIds.all.keys()].some((path) => textOf(path).includes("\ufffd")) ? undefined : lines().ledger,
      ),
    async *fileLines() {
      await Promise.resolve()
      yield lines().births
    },
    people: () => Promise.resolve(describePeople(git, identities, log)),
    files: () => Promise.resolve(files),
    tags: () => Promise.resolve(readTags(git, commit, identify)),
    paths: (wanted) =>
      Promise.resolve(
        new Map(
          [...pathIds.all]
            .map(([path, id]) => [id, textOf(path)] as const)
            .filter(([id]) => !wanted || [...wanted].includes(id)),
        ),
      ),
  }
}

function numbering(): { of(key: string): number; all: Map<string, number> } {
  const all = new Map<string, number>()
  return {
    all,
    of(key) {
      if (!all.has(key)) all.set(key, all.size + 1)
      return all.get(key)!
    },
  }
}

function kindOf(mode: string): string {
  if (mode === "120000") return "l"
  return mode === "160000" ? "s" : "f"
}

/** Bytes that were read as latin1, as the text that the product shows (the tests have no path with `\x` in it). */
export function textOf(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString("utf8")
}

/** The corrected commit dates of git's generation numbers, from the oldest commit on. */
function rankAll(log: readonly LoggedCommit[]): Map<string, number> {
  const byOid = new Map(log.map((each) => [each.oid, each]))
  const ranks = new Map<string, number>()
  const rank = (oid: string): number => {
    if (!ranks.has(oid)) {
      const { committedAt, parents } = byOid.get(oid)!
      ranks.set(oid, Math.max(committedAt, ...parents.map((parent) => rank(parent) + 1)))
    }
    return ranks.get(oid)!
  }
  for (const { oid } of [...log].reverse()) rank(oid)
  return ranks
}

function describePeople(
  git: (...args: string[]) => string,
  identities: ReadonlyMap<number, { name: string; email: string }>,
  log: readonly LoggedCommit[],
): IdentityFacts[] {
  const mapped = new Map(
    log.map((each) => [`${each.name}\0${each.email}`, [each.personName, each.personEmail] as const]),
  )
  const people: Omit<IdentityFacts, "personId">[] = [...identities].map(([id, { name, email }]) => {
    let person = mapped.get(`${name}\0${email}`)
    if (!person) {
      const [, personName, personEmail] = /^(.*?) ?<([^<>]*)>\n?$/.exec(git("check-mailmap", `${name} <${email}>`))!
      person = [personName!, personEmail!.toLowerCase()]
    }
    const bot = person[0].endsWith("[bot]") || person[1].includes("[bot]@")
    return {
      id,
      name: textOf(name),
      email: textOf(email),
      personName: textOf(person[0]),
      personEmail: textOf(person[1]),
      bot,
    }
  })
  return people.map((each) => ({
    ...each,
    personId: people.find((other) => other.personEmail === each.personEmail)!.id,
  }))
}

function readFiles(git: (...args: string[]) => string, commit: string, pathId: (path: string) => number): FileRow[] {
  const empty = git("hash-object", "-t", "tree", "/dev/null").trim()
  const added = new Map<string, string>()
  for (const entry of git("diff", "--numstat", "-z", empty, commit).split("\0").filter(Boolean)) {
    const [count, , ...path] = entry.split("\t")
    added.set(path.join("\t"), count!)
  }
  const rows = git("ls-tree", "-r", "-z", "-l", commit)
    .split("\0")
    .filter((entry) => entry.startsWith("100"))
  return rows.map((entry): FileRow => {
    const [meta, ...rest] = entry.split("\t")
    const [mode, , oid, bytes] = meta!.split(/ +/)
    const path = rest.join("\t")
    const binary = added.get(path) === "-"
    const lines = git("cat-file", "blob", oid!)
      .split("\n")
      .filter((line) => /[^ \t\r\n\v\f]/.test(line))
    const depths = lines.map((line) => {
      const white = /^[ \t]*/.exec(line)![0]
      return Math.floor(white.split("\t").length - 1 + (white.split(" ").length - 1) / 4)
    })
    const sum = depths.reduce((total, depth) => total + depth, 0)
    const mean = depths.length === 0 ? 0 : sum / depths.length
    const variance = depths.reduce((total, depth) => total + (depth - mean) ** 2, 0) / Math.max(depths.length, 1)
    const extension = /\.([a-z]+)$/.exec(path)?.[1]
    const vendored = path.startsWith("vendor/")
    return {
      ...{ pathId: pathId(path), path: textOf(path), oid: oid!, executable: mode === "100755", bytes: Number(bytes) },
      lines: binary ? undefined : Number(added.get(path) ?? 0),
      sloc: binary ? undefined : lines.length,
      indentation: binary ? undefined : { sum, mean, sd: Math.sqrt(variance), max: Math.max(0, ...depths) },
      language: binary ? undefined : { ts: "TypeScript", sh: "Shell", json: "JSON" }[extension ?? ""],
      detectable: !binary && !vendored && (extension === "ts" || extension === "sh"),
      excluded: vendored ? { what: "vendored", reason: "it is in vendor/" } : undefined,
      lfs: false,
    }
  })
}

function readTags(
  git: (...args: string[]) => string,
  commit: string,
  identify: (name: string, email: string) => number,
): TagFacts[] {
  const format = "%(refname:short)%00%(creatordate:unix)%00%(objecttype)%00%(objectname)%00%(*objectname)"
  const tags = git("for-each-ref", "--sort=creatordate", `--merged=${commit}`, `--format=${format}`, "refs/tags")
  let previous: string | undefined
  return tags
    .split("\n")
    .filter(Boolean)
    .map((line): TagFacts => {
      const [name, date, type, oid, peeled] = line.split("\0")
      const target = type === "tag" ? peeled! : oid!
      const release = /^(.*[/@_-])?v?\d+(\.\d+){1,3}([-+].*)?$/.test(name!)
      const range = previous === undefined ? [target] : [target, `^${previous}`]
      const authors = git("log", "--no-merges", "--format=%an%x00%ae", ...range)
        .split("\n")
        .filter(Boolean)
      if (release) previous = target
      const authorIds = [...new Set(authors.map((author) => identify(...(author.split("\0") as [string, string]))))]
      return {
        ...{ name: textOf(name!), commit: target, createdAt: new Date(Number(date) * 1000) },
        since: release ? { commits: authors.length, authorIds } : undefined,
      }
    })
}

/** Who last touched each line, by `git blame`, at every commit of the first-parent chain: what is gone from one to the next has died. */
function blameAll(options: {
  git: (...args: string[]) => string
  commit: string
  log: readonly LoggedCommit[]
  ids: ReadonlyMap<string, number>
  pathId: (path: string) => number
  identify: (name: string, email: string) => number
}): { ledger: LineLedger; births: FileLineBirths[] } {
  const { git, commit, log, ids, pathId, identify } = options
  const byOid = new Map(log.map((each) => [each.oid, each]))
  const chain = git("rev-list", "--first-parent", "--reverse", commit).split("\n").filter(Boolean)
  const position = new Map(chain.map((oid, at) => [oid, at]))
  const added: number[] = []
  const deaths: [at: number, born: number, count: number][] = []
  let blamed = new Map<string, { blob: string; born: number[] }>()
  let before = new Map<number, number>()
  let births: FileLineBirths[] = []
  for (const [at, oid] of chain.entries()) {
    const after = new Map<number, number>()
    births = []
    const empty = git("hash-object", "-t", "tree", "/dev/null").trim()
    const binary = new Set(
      git("diff", "--numstat", "-z", empty, oid)
        .split("\0")
        .filter((entry) => entry.startsWith("-\t"))
        .map((entry) => entry.slice(4)),
    )
    const blamedAfter = new Map<string, { blob: string; born: number[] }>()
    for (const entry of git("ls-tree", "-r", "-z", oid)
      .split("\0")
      .filter((each) => each.startsWith("100"))) {
      const path = entry.slice(entry.indexOf("\t") + 1)
      if (binary.has(path)) continue
      const blob = entry.slice(12, entry.indexOf("\t"))
      // What the commit left as it was is as old as before.
      const same = blamed.get(path)
      let born = same?.blob === blob ? same.born : undefined
      if (!born) {
        const name = Buffer.from(path, "latin1").toString("utf8")
        born = []
        for (const line of git("blame", "--first-parent", "--line-porcelain", oid, "--", name).split("\n")) {
          const match = /^([0-9a-f]{40,64}) \d+ \d+/.exec(line)
          if (match) born.push(position.get(match[1]!)!)
        }
      }
      blamedAfter.set(path, { blob, born })
      const runs: [number, number][] = []
      for (const each of born) {
        after.set(each, (after.get(each) ?? 0) + 1)
        if (runs.at(-1)?.[0] === each) runs.at(-1)![1]++
        else runs.push([each, 1])
      }
      births.push({
        pathId: pathId(path),
        born: Int32Array.from(runs, ([each]) => each),
        count: Int32Array.from(runs, ([, count]) => count),
      })
    }
    blamed = blamedAfter
    added.push(after.get(at) ?? 0)
    for (const [born, count] of before) {
      const gone = count - (after.get(born) ?? 0)
      if (gone > 0) deaths.push([at, born, gone])
    }
    before = after
  }
  let latest = -Infinity
  return {
    births,
    ledger: {
      commits: {
        length: chain.length,
        id: Int32Array.from(chain, (oid) => ids.get(oid)!),
        authorId: Int32Array.from(chain, (oid) => identify(byOid.get(oid)!.name, byOid.get(oid)!.email)),
        time: Float64Array.from(chain, (oid) => (latest = Math.max(latest, byOid.get(oid)!.committedAt))),
        added: Int32Array.from(added),
      },
      deaths: {
        length: deaths.length,
        at: Int32Array.from(deaths, ([at]) => at),
        born: Int32Array.from(deaths, ([, born]) => born),
        count: Int32Array.from(deaths, ([, , count]) => count),
      },
    },
  }
}
