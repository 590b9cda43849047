import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { SnapshotFacts } from "../../src/facts/snapshot-facts.js"
import { activity } from "../../src/insights/definitions/activity.js"
import { age } from "../../src/insights/definitions/age.js"
import { burndown } from "../../src/insights/definitions/burndown.js"
import { busFactor } from "../../src/insights/definitions/bus-factor.js"
import { coupling } from "../../src/insights/definitions/coupling.js"
import { ownership } from "../../src/insights/definitions/ownership.js"
import { punchCard } from "../../src/insights/definitions/punch-card.js"
import { releases } from "../../src/insights/definitions/releases.js"
import { survival } from "../../src/insights/definitions/survival.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { linearHistory, mergesAndRenames, oddContents } from "../helpers/scenarios.js"
import { busyProject } from "./busy-project.js"
import { columnBy, compute } from "./compute.js"
import { gitOf, loadWithGit, readLog, textOf } from "./load-with-git.js"
import type { LoggedCommit } from "./load-with-git.js"

/** Every metric counted a second time, by small functions over the output of plain git that share nothing with the product. */

const repositories: [name: string, make: () => Promise<TestRepository>][] = [
  ["a busy project", busyProject],
  ["a linear history", linearHistory],
  ["merges and renames", mergesAndRenames],
  ["odd contents", oddContents],
]

describe.each(repositories)("of %s", (_, make) => {
  let source: TestRepository
  let facts: SnapshotFacts
  let git: (...args: string[]) => string
  let log: LoggedCommit[]
  let tip: number
  beforeAll(async () => {
    source = await make()
    const commit = source.git("rev-parse", "main")
    facts = loadWithGit(source, commit)
    git = gitOf(source, commit)
    log = readLog(source, commit).filter(({ parents }) => parents.length < 2)
    tip = Number(git("log", "-1", "--format=%ct", "main"))
  })
  afterAll(() => source[Symbol.asyncDispose]())

  const isTime = (seconds: number): boolean => seconds > 0 && seconds <= tip + 86_400
  const isBot = ({ personName, personEmail }: LoggedCommit): boolean =>
    personName.endsWith("[bot]") || personEmail.includes("[bot]@")

  test("coupling is that of code-maat", async () => {
    const sets = new Map<string, Set<string>>()
    for (const line of git("log", "--no-merges", "--no-renames", "--name-only", "--format=%x01%H", "-z", "main")
      .split("\u0001")
      .slice(1)) {
      const [oid, ...paths] = line.split("\0").map((each) => each.replace(/^\n/, ""))
      sets.set(oid!, new Set(paths.filter(Boolean).map(textOf)))
    }
    const kept = [...sets.values()].filter((set) => set.size > 0 && set.size <= 8)
    const revisions = (path: string): number => kept.filter((set) => set.has(path)).length
    const all = [...new Set(kept.flatMap((set) => [...set]))].sort()
    const expected: unknown[] = []
    for (const [at, a] of all.entries()) {
      for (const b of all.slice(at + 1)) {
        const shared = kept.filter((set) => set.has(a) && set.has(b)).length
        const average = (revisions(a) + revisions(b)) / 2
        if (Math.ceil(average) < 2 || shared < 2 || (100 * shared) / average < 20) continue
        expected.push([[a, b].sort(bytes), Math.trunc((100 * shared) / average), Math.ceil(average), shared])
      }
    }
    const parameters = { minRevs: "2", minShared: "2", minDegree: "20", maxChangeset: "8", gone: "true" }
    const pairs = await compute(coupling, facts, { parameters })
    const found = pairs.rows.map((row) => [[row["a"], row["b"]], row["degree"], row["averageRevisions"], row["shared"]])
    expect(found.map((each) => JSON.stringify(each)).sort()).toEqual(
      expected.map((each) => JSON.stringify(each)).sort(),
    )

    const sums = await compute(coupling, facts, { parameters: { ...parameters, by: "files" } })
    const soc = all.map(
      (path) => [path, kept.filter((set) => set.has(path)).reduce((sum, set) => sum + set.size - 1, 0)] as const,
    )
    expect(columnBy(sums.rows, "path", "sumOfCoupling")).toEqual(Object.fromEntries(soc.filter(([, sum]) => sum > 2)))

    const daily = await compute(coupling, facts, {
      parameters: {
        ...parameters,
        minRevs: "1",
        minShared: "1",
        minDegree: "0",
        maxDegree: "1000",
        maxChangeset: "1000",
        period: "P1D",
      },
    })
    const days = new Set(
      log
        .filter((each) => each.changes.length > 0)
        .map((each) =>
          isTime(each.authoredAt) ? `${Math.floor(each.authoredAt / 86_400)} ${each.personEmail}` : each.oid,
        ),
    )
    expect(daily.values["changesets"]).toBe(days.size)
  })

  test("communication is that of code-maat", async () => {
    const present = new Set((await facts.files()).map(({ path }) => path))
    const commits: Record<string, number> = {}
    const touched: Record<string, Set<string>> = {}
    for (const { personEmail, changes } of log) {
      commits[personEmail] = (commits[personEmail] ?? 0) + 1
      for (const { path, oldPath } of changes) {
        for (const each of [path, oldPath]) {
          if (each !== undefined && present.has(textOf(each))) (touched[personEmail] ??= new Set()).add(each)
        }
      }
    }
    const expected: Record<string, number> = {}
    for (const [one, files] of Object.entries(touched)) {
      for (const [other, theirs] of Object.entries(touched)) {
        const shared = [...files].filter((file) => theirs.has(file)).length
        if (one < other && shared > 0) {
          expected[`${one} ${other}`] = Math.trunc((100 * shared) / Math.ceil((commits[one]! + commits[other]!) / 2))
        }
      }
    }
    const { rows } = await compute(coupling, facts, { parameters: { by: "people" } })
    const found = rows.map((row) => [[row["email"], row["otherEmail"]].sort().join(" "), row["strength"]])
    expect(Object.fromEntries(found)).toEqual(expected)
  })

  /** The commits of each file that is there, renames followed: a walk over a plain list of names. */
  function historyOfFiles(
    paths: Iterable<string>,
  ): Map<string, { commit: LoggedCommit; status: string; added: number }[]> {
    const now = new Map([...paths].map((path) => [path, path]))
    const files = new Map(
      [...paths].map((path) => [path, [] as { commit: LoggedCommit; status: string; added: number }[]]),
    )
    const order = git("rev-list", "--topo-order", "--date-order", "--no-merges", "main").split("\n").filter(Boolean)
    const byOid = new Map(log.map((each) => [each.oid, each]))
    for (const oid of order) {
      const commit = byOid.get(oid)!
      const goes: string[] = []
      const comes: [string, string | undefined][] = []
      for (const { path, oldPath, status, added, mode, oldMode } of commit.changes) {
        const file = now.get(path)
        const regular = (mode === "000000" ? oldMode : mode).startsWith("100")
        if (file !== undefined) files.get(file)?.push({ commit, status, added: regular ? (added ?? 0) : 0 })
        if (status === "A" || status === "R") goes.push(path)
        if (status === "R") comes.push([oldPath!, file])
      }
      for (const path of goes) now.delete(path)
      for (const [path, file] of comes) {
        if (file === undefined) now.delete(path)
        else now.set(path, file)
      }
    }
    return files
  }

  test("ownership is that of the numstat of each file", async () => {
    const own = (await facts.files()).filter((file) => file.lines !== undefined)
    const histories = historyOfFiles(own.map(({ path }) => Buffer.from(path).toString("latin1")))
    const { rows } = await compute(ownership, facts, {
      parameters: { include: "vendored,data,documentation,generated", bots: "show" },
    })
    const byPath = new Map(rows.map((row) => [row["path"], row]))
    for (const [path, changes] of histories) {
      if (changes.length === 0) continue
      const lines: Record<string, number> = {}
      const revisions: Record<string, Set<string>> = {}
      for (const { commit, added } of changes) {
        lines[commit.personEmail] = (lines[commit.personEmail] ?? 0) + added
        ;(revisions[commit.personEmail] ??= new Set()).add(commit.oid)
      }
      const total = Object.values(lines).reduce((sum, count) => sum + count, 0)
      const main = Object.keys(lines).sort((one, other) => lines[other]! - lines[one]! || bytes(one, other))[0]
      const counts = Object.values(revisions).map((set) => set.size)
      const all = counts.reduce((sum, count) => sum + count, 0)
      const row = byPath.get(textOf(path))!
      expect([path, row["mainDeveloperEmail"], row["lines"], row["revisions"]]).toEqual([path, main, total, all])
      expect(row["share"]).toBeCloseTo(total === 0 ? 0 : lines[main!]! / total, 12)
      expect(row["fragmentation"]).toBeCloseTo(1 - counts.reduce((sum, count) => sum + (count / all) ** 2, 0), 12)
      expect([row["minor"], row["major"]]).toEqual([
        counts.filter((count) => count / all < 0.05).length,
        counts.filter((count) => count / all >= 0.05).length,
      ])
    }
  })

  test("the people of a folder are those of the numstat of its files", async () => {
    const own = (await facts.files()).filter((file) => file.lines !== undefined)
    const histories = historyOfFiles(own.map(({ path }) => Buffer.from(path).toString("latin1")))
    const folders = new Map<string, Map<string, number>>()
    for (const [path, changes] of histories) {
      const parts = textOf(path).split("/").slice(0, -1)
      if (changes.length === 0) continue
      for (const folder of [".", ...parts.map((_, at) => parts.slice(0, at + 1).join("/"))]) {
        const lines = folders.get(folder) ?? new Map<string, number>()
        for (const { commit, added } of changes) {
          lines.set(commit.personEmail, (lines.get(commit.personEmail) ?? 0) + added)
        }
        folders.set(folder, lines)
      }
    }
    const parameters = { by: "directory", include: "vendored,data,documentation,generated", bots: "show" }
    const { rows, columns } = await compute(ownership, facts, { parameters: { ...parameters, maxOwners: "1000" } })
    const bounded = await compute(ownership, facts, { parameters: { ...parameters, maxOwners: "2" } })
    expect(columns).toContain("owners")
    expect(rows.map((row) => row["path"]).sort()).toEqual([...folders.keys()].sort())
    for (const [at, row] of rows.entries()) {
      const lines = [...folders.get(String(row["path"]))!].filter(([, count]) => count > 0)
      const total = lines.reduce((sum, [, count]) => sum + count, 0)
      const expected = lines
        .sort(([one, few], [other, many]) => many - few || bytes(one, other))
        .map(([email, count]) => ({ email, lines: count, share: count / total }))
      const owners = row["owners"] as { name: string; email: string; lines: number; share: number }[]
      expect(owners.map(({ email, lines: count, share }) => ({ email, lines: count, share }))).toEqual(expected)
      expect(row["people"]).toBe(expected.length)
      // The people beyond the bound are counted, and the one named first is the main developer.
      expect(bounded.rows[at]).toEqual({ ...row, owners: owners.slice(0, 2) })
      if (owners[0]) expect([row["mainDeveloperEmail"], row["share"]]).toEqual([owners[0].email, owners[0].share])
    }
  })

  test("the truck factor is that of a second count", async () => {
    const candidates = (await facts.files()).filter(
      (file) => file.lines !== undefined && !file.excluded && (file.language === undefined || file.detectable),
    )
    const histories = [
      ...historyOfFiles(candidates.map(({ path }) => Buffer.from(path).toString("latin1"))).values(),
    ].filter((changes) => changes.length > 0)
    const authors = histories.map((changes) => {
      const people = changes.filter(({ commit }) => !isBot(commit))
      const creator = people.findLast(({ status }) => status === "A")?.commit.personEmail
      const later = people
        .filter(({ status }) => status !== "A" && status !== "D")
        .map(({ commit }) => commit.personEmail)
      const developers = [...new Set([...(creator === undefined ? [] : [creator]), ...later])]
      const degree = (email: string): number => {
        const own = later.filter((each) => each === email).length
        return 3.293 + 1.098 * Number(email === creator) + 0.164 * own - 0.321 * Math.log(1 + later.length - own)
      }
      const most = Math.max(...developers.map(degree))
      return new Set(
        developers.filter((email) => degree(email) / most > 0.75 && (degree(email) >= 3.293 || email === creator)),
      )
    })
    let factor = 0
    for (;;) {
      const covered = authors.filter((set) => set.size > 0).length
      if (authors.length === 0 || covered / authors.length < 0.5) break
      const counts = new Map<string, number>()
      for (const set of authors) for (const email of set) counts.set(email, (counts.get(email) ?? 0) + 1)
      const [first] = [...counts].sort(([one, few], [other, many]) => many - few || bytes(one, other))
      if (!first) break
      for (const set of authors) set.delete(first[0])
      factor++
    }
    const { values } = await compute(busFactor, facts)
    expect([values["files"], values["truckFactor"]]).toEqual([histories.length, authors.length === 0 ? null : factor])
  })

  test("days, weeks and the punch card are those of the log", async () => {
    const byDay: Record<string, number> = {}
    for (const { authoredAt } of log) {
      const day = new Date(authoredAt * 1000).toISOString().slice(0, 10)
      if (isTime(authoredAt)) byDay[day] = (byDay[day] ?? 0) + 1
    }
    const { rows, values } = await compute(activity, facts)
    expect(
      columnBy(
        rows.filter((row) => row["commits"] !== 0),
        "start",
        "commits",
      ),
    ).toEqual(byDay)
    const weeks = values["last52Weeks"] as { week: string; total: number; days: number[] }[]
    for (const { week, total, days } of weeks) {
      const expected = Array.from(
        { length: 7 },
        (_, day) => byDay[new Date(Date.parse(week) + day * 86_400_000).toISOString().slice(0, 10)] ?? 0,
      )
      expect([week, days, total]).toEqual([week, expected, expected.reduce((sum, count) => sum + count, 0)])
    }
    expect(weeks).toHaveLength(52)

    const hours: Record<string, number> = {}
    for (const line of git("log", "--no-merges", "--date=format:%w %H", "--format=%ad%x00%at", "main")
      .split("\n")
      .filter(Boolean)) {
      const [hour, seconds] = line.split("\0")
      if (isTime(Number(seconds))) hours[hour!.replace(/ 0/, " ")] = (hours[hour!.replace(/ 0/, " ")] ?? 0) + 1
    }
    const punched = (await compute(punchCard, facts)).rows
    expect(punched).toHaveLength(168)
    expect(
      Object.fromEntries(
        punched
          .filter((row) => row["commits"] !== 0)
          .map((row) => [`${String(row["day"])} ${String(row["hour"])}`, row["commits"]]),
      ),
    ).toEqual(hours)
  })

  test("the zone of a city has its days", async () => {
    const { rows } = await compute(activity, facts, { parameters: { tz: "America/New_York" } })
    const expected: Record<string, number> = {}
    for (const { authoredAt } of log) {
      if (!isTime(authoredAt)) continue
      const day = new Date(authoredAt * 1000).toLocaleDateString("sv-SE", { timeZone: "America/New_York" })
      expected[day] = (expected[day] ?? 0) + 1
    }
    expect(
      columnBy(
        rows.filter((row) => row["commits"] !== 0),
        "start",
        "commits",
      ),
    ).toEqual(expected)
  })

  test("releases are those of for-each-ref", async () => {
    const { rows, values } = await compute(releases, facts)
    const refs = git(
      "for-each-ref",
      "--sort=creatordate",
      "--merged=main",
      "--format=%(refname:short)%00%(creatordate:unix)",
      "refs/tags",
    )
    const tags = refs
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split("\0") as [string, string])
    expect(rows.map((row) => row["name"]).sort()).toEqual(tags.map(([name]) => name).sort())
    const stable = tags.filter(([name]) => /^v?\d+\.\d+(\.\d+)*$/.test(name)).map(([, time]) => Number(time))
    const gaps = stable
      .slice(1)
      .map((time, at) => (time - stable[at]!) / 86_400)
      .sort((one, other) => one - other)
    const middle = gaps.length === 0 ? null : (gaps[(gaps.length - 1) >> 1]! + gaps[gaps.length >> 1]!) / 2
    expect([values["releases"], values["cadenceMedianDays"]]).toEqual([stable.length, middle])
    let previous: string | undefined
    for (const row of [...rows].reverse().filter((each) => each["kind"] !== "other")) {
      const range = previous === undefined ? [String(row["name"])] : [`${previous}..${String(row["name"])}`]
      previous = String(row["name"])
      expect([previous, row["commitsSince"]]).toEqual([
        previous,
        Number(git("rev-list", "--count", "--no-merges", ...range)),
      ])
    }
  })

  test("age, burndown and survival are those of blame", async () => {
    const lines: { birth: number; file: string }[] = []
    for (const { path, lines: count } of await facts.files()) {
      if (count === undefined) continue
      const blamed = git("blame", "--first-parent", "--line-porcelain", "main", "--", path)
      const times = blamed
        .split("\n")
        .filter((line) => line.startsWith("committer-time "))
        .map((line) => Number(line.slice(15)))
      lines.push(...times.map((birth) => ({ birth, file: path })))
    }
    const aged = await compute(age, facts)
    expect(aged.values["lines"]).toBe(lines.length)
    const ages = lines.map(({ birth }) => (tip - birth) / 86_400).sort((one, other) => one - other)
    expect(aged.values["medianAgeDays"]).toBeCloseTo((ages[(ages.length - 1) >> 1]! + ages[ages.length >> 1]!) / 2, 9)
    for (const row of aged.rows) {
      const own = lines.filter(({ file }) => file === row["path"])
      const mean = own.reduce((sum, { birth }) => sum + (tip - birth) / 86_400, 0) / own.length
      if (own.length > 0)
        expect([row["path"], Number(row["meanAgeDays"]).toFixed(6)]).toEqual([row["path"], mean.toFixed(6)])
    }
    const burnt = await compute(burndown, facts, { parameters: { cohort: "month" } })
    const last = burnt.rows.filter((row) => row["at"] === (burnt.values["samples"] as string[]).at(-1))
    const byMonth: Record<string, number> = {}
    for (const { birth } of lines) {
      const month = new Date(birth * 1000).toISOString().slice(0, 7)
      byMonth[month] = (byMonth[month] ?? 0) + 1
    }
    expect(columnBy(last, "cohort", "lines")).toEqual(byMonth)
    const emptyTree = git("hash-object", "-t", "tree", "/dev/null").trim()
    const present = new Set((await facts.files()).map(({ path }) => path))
    const numstat = git("diff", "--numstat", "-z", emptyTree, "main")
      .split("\0")
      .filter(Boolean)
      .map((line) => line.split("\t"))
    const sum = numstat.reduce(
      (total, [added, , path]) => total + (added === "-" || !present.has(textOf(path!)) ? 0 : Number(added)),
      0,
    )
    expect(burnt.values["lines"]).toBe(sum)
    const survived = await compute(survival, facts)
    expect(survived.values["linesAlive"]).toBe(sum)
    const [step] = survived.rows
    if (step)
      expect(step["survival"]).toBeCloseTo(1 - Number(step["deaths"]) / Number(survived.values["linesBorn"]), 12)
  })
})

function bytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}
