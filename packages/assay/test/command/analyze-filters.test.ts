import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeAll, beforeEach, describe, expect, it } from "vitest"
import { buildCommand, runAssay } from "../helpers/command.js"
import { smallRepository } from "../helpers/repository.js"
import type { TestRepository } from "../helpers/repository.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

beforeAll(buildCommand, 16000)

interface Document {
  filters: Record<string, unknown>
  totals: Record<string, number>
  bus_factor: { bus_factor: number; total_files: number }
  top_contributors: { name: string; commits: number; additions: number }[]
  languages: { name: string }[]
  hotspots: { file_path: string; commit_count: number; lines_changed: number }[]
  weeks: { commits: number }[]
  insights: Record<
    string,
    { parameters: Record<string, unknown>; values: Record<string, unknown>; data: Record<string, unknown>[] }
  >
}

describe("assay analyze of a part of the history", { timeout: 120_000 }, () => {
  let folder: string
  let repository: TestRepository
  beforeEach(() => {
    folder = temporaryFolder()
    repository = smallRepository(join(folder, "lamp"))
    const bot = "helper[bot] <1+helper[bot]@users.noreply.github.com>"
    repository.commit({ "src/a.ts": "const a = 4\n".repeat(31), "lock.json": "{}\n" }, bot)
  })
  const run = (...args: string[]): ReturnType<typeof runAssay> =>
    runAssay(["analyze", "lamp", ...args], { cwd: folder })
  const document = async (...args: string[]): Promise<Document & { stderr: string }> => {
    const { stdout, stderr, code } = await run("--json", ...args)
    expect([code, code === 0 ? "" : stderr]).toEqual([0, ""])
    return { ...(JSON.parse(stdout) as Document), stderr }
  }

  it("counts the commits of a window in all that it prints", async () => {
    // The second to the fourth of seven commits, a day each.
    const {
      totals,
      weeks,
      top_contributors: people,
      ...rest
    } = await document(...["--since", "2026-01-03", "--until", "2026-01-06"])
    const log = repository.git("log", "--format=%an", "--since=2026-01-03T00:00Z", "--until=2026-01-05T23:59Z")
    expect(log.split("\n").sort()).toEqual(["Ada", "Ben", "Chloé"])
    expect(rest.filters).toEqual({ since: "2026-01-03T00:00:00Z", until: "2026-01-06T00:00:00Z" })
    expect(totals).toMatchObject({ commits: 3, merge_commits: 0, contributors: 3, files: 5 })
    expect(people.map(({ name, commits, additions }) => [name, commits, additions])).toEqual([
      ["Ada", 1, 25],
      ["Ben", 1, 1],
      ["Chloé", 1, 30],
    ])
    expect(weeks.reduce((sum, { commits }) => sum + commits, 0)).toBe(3)
    expect(rest.hotspots).toMatchObject([
      { file_path: "src/a.ts", commit_count: 2, lines_changed: 25 + 20 + 30 + 25 },
      { file_path: "src/b.py", commit_count: 1, lines_changed: 1 },
    ])
    expect(rest.bus_factor).toMatchObject({ total_files: 2, bus_factor: 1 })
    for (const name of ["summary", "contributors", "churn", "hotspots", "activity", "punch-card", "bus-factor"]) {
      expect([name, rest.insights[name]?.parameters]).toMatchObject([name, rest.filters])
    }
    expect(rest.insights["summary"]?.values).toMatchObject({ commits: 3, contributors: 3, files: 5 })
    expect(rest.stderr).toContain(
      "These insights do not take --until and are without it: age, burndown, identities, languages, survival.\n",
    )
  })

  it("counts some files only, as often as the option is given", async () => {
    const only = await document("--path", "src", "--path", "*.json", "--exclude", "*.py")
    expect(only.filters).toEqual({ path: ["src", "*.json"], exclude: ["*.py"] })
    expect(only.totals).toMatchObject({ commits: 4, contributors: 3, files: 2, lines: 32 })
    expect(only.languages.map(({ name }) => name)).toEqual(["TypeScript"])
    expect(only.insights["files"]?.data.map(({ path }) => path)).toEqual(["lock.json", "src/a.ts"])
    expect(only.stderr).toContain(
      "These insights do not take --path and are without it: burndown, identities, releases, survival.\n",
    )
  })

  it("knows what to do with programs, and which commits do not count", async () => {
    const [shown, without] = await Promise.all([
      document("--bots", "show"),
      (async () => {
        const ids = repository.git("log", "--format=%H", "--author=Chloé")
        writeFileSync(join(folder, "ignored"), `# moved code about\n\n${ids}  # all of it\n`)
        return document("--ignore-commits", "ignored")
      })(),
    ])
    expect(shown.totals).toMatchObject({ commits: 6, contributors: 4 })
    expect(shown.insights["bus-factor"]?.values).toMatchObject({ people: 4 })
    expect(without.totals).toMatchObject({ commits: 5, contributors: 3 })
    expect(without.filters["ignore_commits"]).toEqual([repository.git("log", "--format=%H", "--author=Chloé")])
    expect(without.top_contributors.map(({ name }) => name)).toEqual(["Ada", "Ben"])
  })

  it("tells people what they look at", async () => {
    const [part, nothing] = await Promise.all([
      run("--since", "1d", "--path", "src", "--bots", "show"),
      run("--until", "2020-01-01"),
    ])
    expect(part.code).toBe(0)
    expect(part.stdout).toContain(" · 1 commit · 1 person\n")
    expect(part.stdout).toContain("  Only         --since 1d  --path src  --bots show\n")
    expect(part.stdout).toMatch(/Size +2 files, 32 lines \(\+31 −30 by these commits\)/)
    expect(part.stdout).toMatch(/People +helper\[bot\] 100 %/)
    expect(part.stderr).toContain("This insight does not take --since and is without it: languages.\n")
    expect(part.stderr).toContain("In the summary, files, languages,")
    expect(nothing.code).toBe(0)
    expect(nothing.stdout).toContain("No commit is left by --until 2020-01-01.")
  })

  it("holds conditions against the part, and says when a condition is of more", async () => {
    const [held, free, whole] = await Promise.all([
      run("--path", "notes.txt", "--fail-on", "contributors<2"),
      run("--fail-on", "contributors<2"),
      run("--since", "1d", "--fail-on", "burndown.lines>1"),
    ])
    expect(held.code).toBe(3)
    expect(held.stderr).toMatch(/contributors<2 holds: it is 1\./)
    expect(free.code).toBe(0)
    expect(free.stderr).not.toMatch(/do not take|In the summary/)
    expect(whole.stderr).toContain("These insights do not take --since and are without it: burndown, languages.\n")
  })

  it("writes a report and plots of the part, which say so", async () => {
    const args = ["--until", "2026-01-04", "--html", "part.html", "--svg", "plots"]
    const { code, stderr } = await run(...args)
    expect([code, stderr]).toMatchObject([0, expect.stringContaining("do not take --until")])
    const report = readFileSync(join(folder, "part.html"), "utf8")
    expect(report).toContain("Only a part is counted: until 2026-01-04.")
    expect(report.match(/Counted without until, which this does not take\./g)).toHaveLength(5)
    expect(report).toContain("src/a.ts: 2 commits, 31 lines")
    const plot = readFileSync(join(folder, "plots", "ownership.svg"), "utf8")
    expect(plot).toContain("src: Ada, 45 of 45 lines added (100 %)")
  })

  it.each([
    ["a moment that is none", ["--since", "yesterday"], /--since: expected a date[^]*INVALID_INPUT/],
    [
      "a window that ends before it begins",
      ["--since", "2026-02-01", "--until", "2026-01-01"],
      /--until: expected a moment after since[^]*INVALID_INPUT/,
    ],
    ["a choice that there is not", ["--bots", "maybe"], /--bots: expected one of hide, show, only[^]*INVALID_INPUT/],
    ["too many patterns", ["--exclude", "a,".repeat(101)], /--exclude: expected at most 100 items[^]*INVALID_INPUT/],
    [
      "a file of something else",
      ["--ignore-commits", "lamp/src/a.ts"],
      /--ignore-commits[^]*object ids[^]*INVALID_INPUT/,
    ],
    ["a missing file", ["--ignore-commits", "missing"], /missing cannot be read[^]*blame\.ignoreRevsFile[^]*USAGE/],
  ])("refuses %s before it fetches anything", async (_, args, complaint) => {
    const result = await run(...args)
    expect(result).toMatchObject({ code: 2, stdout: "" })
    expect(result.stderr).toMatch(complaint)
    expect(result.stderr).not.toContain("fetching")
  })

  it("refuses a window that turns out to end before it begins", async () => {
    const { code, stdout, stderr } = await run("--since", "1d", "--until", "2025-01-01")
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" })
    expect(stderr).toMatch(/--until: expected a moment after since\.\n +INVALID_INPUT/)
  })
})
