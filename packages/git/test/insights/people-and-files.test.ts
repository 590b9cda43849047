import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { SnapshotFacts } from "../../src/facts/snapshot-facts.js"
import { busFactor } from "../../src/insights/definitions/bus-factor.js"
import { churn } from "../../src/insights/definitions/churn.js"
import { contributors } from "../../src/insights/definitions/contributors.js"
import { hotspots } from "../../src/insights/definitions/hotspots.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { linearHistory, manyIdentities, mergesAndRenames, oddContents, oddFileNames } from "../helpers/scenarios.js"
import { busyProject } from "./busy-project.js"
import { columnBy, compute } from "./compute.js"
import { gitOf, loadWithGit } from "./load-with-git.js"

const repositories: [name: string, make: () => Promise<TestRepository>][] = [
  ["a busy project", busyProject],
  ["a linear history", linearHistory],
  ["merges and renames", mergesAndRenames],
  ["odd file names", oddFileNames],
  ["odd contents", oddContents],
  ["many identities", manyIdentities],
]

describe.each(repositories)("of %s", (_, make) => {
  let source: TestRepository
  let facts: SnapshotFacts
  let git: (...args: string[]) => string
  beforeAll(async () => {
    source = await make()
    const commit = source.git("rev-parse", "main")
    facts = loadWithGit(source, commit)
    git = gitOf(source, commit)
  })
  afterAll(() => source[Symbol.asyncDispose]())

  const count = (...args: string[]): number => Number(git("rev-list", "--count", ...args, "main"))

  test("commits and people are those of rev-list and shortlog", async () => {
    const { values, rows } = await compute(contributors, facts, { parameters: { bots: "show" } })
    expect(values).toMatchObject({ commits: count(), merges: count("--merges"), commitsNonMerge: count("--no-merges") })
    const commits: Record<string, number> = {}
    for (const line of git("shortlog", "-sne", "--no-merges", "main").split("\n").filter(Boolean)) {
      const [, times, email] = /^\s*(\d+)\t.*<([^<>]*)>$/.exec(line)!
      commits[email!.toLowerCase()] = (commits[email!.toLowerCase()] ?? 0) + Number(times)
    }
    const authored = rows.filter((row) => Number(row["commits"]) > 0)
    expect(columnBy(authored, "email", "commits")).toEqual(commits)
  })

  test("lines of people are those of the numstat, links and submodules left out", async () => {
    const { rows } = await compute(contributors, facts, { parameters: { bots: "show" } })
    const lines: Record<string, [number, number]> = {}
    const log = git("log", "--no-merges", "-M50%", "--raw", "--numstat", "--format=%x01%aE", "main")
    for (const record of log.split("\u0001").slice(1)) {
      const [author, ...rest] = record.split("\n")
      const raw = rest.filter((line) => line.startsWith(":")).map((line) => line.slice(1).split(/[ \t]/))
      const numstat = rest.filter((line) => /^[\d-]+\t[\d-]+\t/.test(line)).map((line) => line.split("\t"))
      const sum = (lines[author!.toLowerCase()] ??= [0, 0])
      for (const [at, [oldMode, mode]] of raw.entries()) {
        const [added, deleted] = numstat[at]!
        const regular = (mode === "000000" ? oldMode! : mode!).startsWith("100")
        if (!regular || added === "-") continue
        sum[0] += Number(added)
        sum[1] += Number(deleted)
      }
    }
    const authored = rows.filter((row) => Number(row["commits"]) > 0)
    expect(columnBy(authored, "email", "added")).toEqual(
      Object.fromEntries(Object.entries(lines).map(([who, [a]]) => [who, a])),
    )
    expect(columnBy(authored, "email", "deleted")).toEqual(
      Object.fromEntries(Object.entries(lines).map(([who, [, d]]) => [who, d])),
    )
  })

  test("co-authors, days and times are those of the log", async () => {
    const { rows } = await compute(contributors, facts, { parameters: { bots: "show" } })
    const helped: Record<string, number> = {}
    const trailers = git(
      "log",
      "--no-merges",
      "--format=%aE%x00%(trailers:key=Co-authored-by,valueonly,separator=%x02)",
      "main",
    )
    for (const line of trailers.split("\n").filter(Boolean)) {
      const [author, others] = line.split("\0")
      const emails = [...others!.matchAll(/<([^<>]*)>/g)].map((match) =>
        /<([^<>]*)>\n?$/.exec(git("check-mailmap", `<${match[1]!}>`))![1]!.toLowerCase(),
      )
      for (const email of new Set(emails)) if (email !== author!.toLowerCase()) helped[email] = (helped[email] ?? 0) + 1
    }
    expect(
      columnBy(
        rows.filter((row) => row["coauthored"] !== 0),
        "email",
        "coauthored",
      ),
    ).toEqual(helped)

    const tip = Number(git("log", "-1", "--format=%ct", "main"))
    const days = new Map<string, Set<string>>()
    for (const line of git("log", "--no-merges", "--date=raw", "--format=%aE%x00%ad", "main")
      .split("\n")
      .filter(Boolean)) {
      const [email, date] = line.split("\0")
      const seconds = Number(date!.split(" ")[0])
      const known = days.get(email!.toLowerCase()) ?? new Set()
      days.set(email!.toLowerCase(), known)
      if (seconds > 0 && seconds <= tip + 86_400) known.add(new Date(seconds * 1000).toISOString())
    }
    for (const [email, times] of days) {
      const row = rows.find((each) => each["email"] === email)!
      const sorted = [...times].sort()
      expect(row["activeDays"]).toBe(new Set(sorted.map((time) => time.slice(0, 10))).size)
      expect(row["firstAt"]).toBe(sorted[0]?.replace(".000", "") ?? null)
      expect(row["lastAt"]).toBe(sorted.at(-1)?.replace(".000", "") ?? null)
    }
  })

  test("revisions of each path are those of a log of that path alone", async () => {
    const { rows } = await compute(churn, facts, { parameters: { by: "file", view: "exact" } })
    const paths = git("log", "--no-merges", "--no-renames", "--name-only", "-z", "--format=", "main")
      .split("\0")
      .filter(Boolean)
    const distinct = new Set(paths.map((path) => path.replace(/^\n/, "")))
    const revisions: Record<string, number> = {}
    for (const path of distinct) {
      const utf8 = Buffer.from(path, "latin1")
      if (!utf8.equals(Buffer.from(utf8.toString("utf8")))) continue
      const commits = git(
        "log",
        "--no-merges",
        "--full-history",
        "--no-renames",
        "--format=%H",
        "main",
        "--",
        `:(literal)${utf8.toString("utf8")}`,
      )
      revisions[utf8.toString("utf8")] = commits.split("\n").filter(Boolean).length
    }
    const readable = rows.filter((row) => !String(row["path"]).includes("\ufffd"))
    expect(columnBy(readable, "path", "revisions")).toEqual(revisions)
  })

  test("churn by week is that of the log by author week", async () => {
    const { values, rows } = await compute(churn, facts, { parameters: { interval: "week" } })
    const tip = Number(git("log", "-1", "--format=%ct", "main"))
    const commits: Record<string, number> = {}
    const dates = git("log", "--no-merges", "--date=format-local:%s %G-W%V", "--format=%ad", "main")
    let valid = 0
    for (const line of dates.split("\n").filter(Boolean)) {
      const [seconds, week] = line.split(" ")
      if (Number(seconds) <= 0 || Number(seconds) > tip + 86_400) continue
      commits[week!] = (commits[week!] ?? 0) + 1
      valid++
    }
    const shown = rows
      .filter((row) => row["commits"] !== 0)
      .map((row) => [isoWeek(String(row["start"])), row["commits"]])
    expect(Object.fromEntries(shown)).toEqual(commits)
    expect(rows.reduce((sum, row) => sum + Number(row["commits"]), 0)).toBe(valid)
    expect(values["commits"]).toBe(count("--no-merges"))
    // No bucket is missing.
    const starts = rows.map((row) => Date.parse(String(row["start"])))
    for (const [at, start] of starts.entries()) if (at > 0) expect(start - starts[at - 1]!).toBe(7 * 86_400_000)
  })

  test("hotspots have the revisions of a log that follows renames, on histories without branches", async () => {
    if (count("--merges") > 0) return
    const { rows } = await compute(hotspots, facts)
    for (const row of rows) {
      // `--follow` also looks for copies; a copy is where this file begins.
      const followed = git("log", "--follow", "-M50%", "--name-status", "--format=", "main", "--", String(row["path"]))
      const statuses = followed.split("\n").flatMap((line) => (line === "" ? [] : [line[0]!]))
      const copied = statuses.indexOf("C")
      expect([row["path"], row["revisions"]]).toEqual([row["path"], copied === -1 ? statuses.length : copied + 1])
    }
  })

  test("the absence factor is that of shortlog", async () => {
    const { values } = await compute(busFactor, facts)
    const commits: Record<string, number> = {}
    for (const line of git("shortlog", "-sne", "--no-merges", "main")
      .split("\n")
      .filter((each) => each && !each.includes("[bot]"))) {
      const [, times, email] = /^\s*(\d+)\t.*<([^<>]*)>$/.exec(line)!
      commits[email!.toLowerCase()] = (commits[email!.toLowerCase()] ?? 0) + Number(times)
    }
    const sorted = Object.values(commits).sort((left, right) => right - left)
    const total = sorted.reduce((sum, value) => sum + value, 0)
    let people = 0
    for (let sum = 0; sum * 2 < total; people++) sum += sorted[people]!
    expect(values["caf"]).toBe(people)
  })
})

function isoWeek(monday: string): string {
  const thursday = new Date(Date.parse(monday) + 3 * 86_400_000)
  const year = thursday.getUTCFullYear()
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * 86_400_000)) + 1
  return `${year}-W${String(week).padStart(2, "0")}`
}
