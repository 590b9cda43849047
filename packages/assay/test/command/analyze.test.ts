import { mkdirSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { chartNames } from "@assay/charts"
import { beforeAll, describe, expect, it } from "vitest"
import { buildCommand, runAssay, startAssay } from "../helpers/command.js"
import { createRepository, largeRepository, smallRepository } from "../helpers/repository.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

beforeAll(buildCommand, 16000)

describe("assay analyze", { timeout: 120_000 }, () => {
  it("prints what it found on stdout and what it did on stderr, and leaves nothing behind", async () => {
    const folder = temporaryFolder()
    const repository = smallRepository(join(folder, "lamp"))
    const temporary = join(folder, "tmp")
    const cwd = join(folder, "cwd")
    for (const name of [temporary, cwd]) createFolder(name)
    const { code, stdout, stderr } = await runAssay(["analyze", repository.folder], { cwd, env: { TMPDIR: temporary } })
    expect(stderr.trim().split("\n")).toEqual([
      "fetching …",
      "reading history …",
      "following lines …",
      "reading files …",
      "publishing …",
    ])
    expect(stdout).toContain(`lamp · main @ ${repository.git("rev-parse", "HEAD").slice(0, 7)} · 5 commits · 3 people`)
    expect(stdout).toMatch(/Size +4 files, 34 lines/)
    expect(stdout).toMatch(/src\/a\.ts/)
    expect(code).toBe(0)
    expect([...readdirSync(temporary), ...readdirSync(cwd)]).toEqual([])
  })

  it("prints one JSON document, and nothing else, with --json", async () => {
    const folder = temporaryFolder()
    const repository = smallRepository(join(folder, "lamp"))
    const { code, stdout } = await runAssay(["analyze", "lamp", "--json"], { cwd: folder })
    expect(code).toBe(0)
    const document = JSON.parse(stdout) as Record<string, unknown>
    expect(document).toMatchObject({
      repository: { name: "lamp", url: `file://${repository.folder}` },
      snapshot: { commit: repository.git("rev-parse", "HEAD"), branch: "main" },
      totals: { commits: 5, contributors: 3, files: 4 },
      bus_factor: { bus_factor: expect.any(Number), risk_level: expect.any(String) },
    })
    expect(document["top_contributors"]).toMatchObject([{ name: "Ada", commits: 3 }, { commits: 1 }, { commits: 1 }])
  })

  it("says every insight with --json, with its definition and all of its rows", async () => {
    const folder = temporaryFolder()
    const repository = smallRepository(join(folder, "lamp"))
    const { code, stdout } = await runAssay(["analyze", "lamp", "--json"], { cwd: folder })
    expect(code).toBe(0)
    const { insights } = JSON.parse(stdout) as { insights: Record<string, InsightDocument> }
    expect(Object.keys(insights)).toHaveLength(16)
    for (const insight of Object.values(insights)) {
      expect(insight.definition.length).toBeGreaterThan(20)
      expect(insight.data).toHaveLength(insight.total)
    }
    expect(insights["summary"]?.values).toMatchObject({ commits: 5, contributors: 3, files: 4 })
    const byGit = repository.git("shortlog", "-sne", "--no-merges", "HEAD").split("\n")
    expect(insights["contributors"]?.data.map(({ name, commits }) => [name, commits])).toEqual(
      byGit.map((line) => /^\s*(\d+)\t(.+) </.exec(line)).map((match) => [match?.[2], Number(match?.[1])]),
    )
  })

  it("writes a report that needs nothing else, and plots", async () => {
    const folder = temporaryFolder()
    smallRepository(join(folder, "lamp"))
    const args = ["analyze", "lamp", "--html", "out/report.html", "--svg", "out/plots"]
    const { code, stdout, stderr } = await runAssay(args, { cwd: folder })
    expect(code).toBe(0)
    expect(stdout).toContain("lamp · main")
    expect(stderr).toMatch(/The report is in out\/report\.html\.[^]*The plots are in out\/plots\./)
    const report = readFileSync(join(folder, "out", "report.html"), "utf8")
    expect(report).toMatch(/^<!doctype html>/i)
    expect(report).toContain("src/a.ts")
    // The people of a folder, and not only those of its files.
    expect(report).toMatch(/<title>src: Ben, 1 of 76 [^]*>Ada 59 %, Chloé 39 %, Ben 1.3 %</)
    // Links lead somewhere when somebody follows them; nothing is fetched.
    expect(report).not.toMatch(/<script|\ssrc=|@import|url\(/i)
    expect(readdirSync(join(folder, "out", "plots")).sort()).toEqual(
      [...chartNames].map((name) => `${name}.svg`).sort(),
    )
    const unwritable = await runAssay(["analyze", "lamp", "--html", "/proc/x/report.html"], { cwd: folder })
    expect(unwritable.code).toBe(2)
    expect(unwritable.stderr).toMatch(/FILE_UNWRITABLE/)
  })

  it("ends with a code of its own if a condition of --fail-on holds", async () => {
    const folder = temporaryFolder()
    smallRepository(join(folder, "lamp"))
    const run = (...conditions: string[]): ReturnType<typeof runAssay> =>
      runAssay(["analyze", "lamp", ...conditions.flatMap((condition) => ["--fail-on", condition])], { cwd: folder })
    const held = await run("commits < 100", "contributors>=4", "files==4")
    expect(held.code).toBe(3)
    expect(held.stdout).toContain("lamp · main")
    expect(held.stderr).toMatch(/✘ commits < 100 holds: it is 5\.\n +files==4 holds: it is 4\.\n/)
    expect((await run("commits>5", "bus_factor<1", "coupling.pairs>0")).code).toBe(0)
    for (const [wrong, hint] of [
      ["commits", /is no condition[^]*bus_factor<2/],
      ["beauty>1", /no number of the summary called beauty[^]*truck_factor/],
      ["beauty.pairs>1", /no insight called beauty[^]*hotspots/],
    ] as const) {
      const { code, stderr } = await run(wrong)
      expect(code).toBe(2)
      expect(stderr).toMatch(hint)
    }
  })

  it("reads the branch that it is asked for", async () => {
    const folder = temporaryFolder()
    const repository = smallRepository(join(folder, "lamp"))
    repository.git("checkout", "--quiet", "-b", "other")
    repository.commit({ "other.txt": "other\n" })
    repository.git("checkout", "--quiet", "main")
    const [asked, missing] = await Promise.all([
      runAssay(["analyze", "lamp", "--branch", "other", "--json"], { cwd: folder }),
      runAssay(["analyze", "lamp", "--branch", "gone"], { cwd: folder }),
    ])
    expect(JSON.parse(asked.stdout)).toMatchObject({ snapshot: { branch: "other" }, totals: { commits: 6 } })
    expect(missing.code).toBe(4)
    expect(missing.stderr).toMatch(/no branch of that name.*\n.*main/)
  })

  it("keeps what it found with --keep, and reads only what is new the next time", async () => {
    const folder = temporaryFolder()
    const repository = smallRepository(join(folder, "lamp"))
    const first = await runAssay(["analyze", "lamp", "--keep"], { cwd: folder })
    expect(first.code).toBe(0)
    expect(readdirSync(join(folder, ".assay"))).toContain("mirrors")
    repository.commit({ "new.txt": "new\n" })
    const second = await runAssay(["analyze", "lamp", "--data-dir", ".assay", "--json"], { cwd: folder })
    expect(JSON.parse(second.stdout)).toMatchObject({ totals: { commits: 6 } })
  })

  it("says that there is no repository, with the exit code for it", async () => {
    const folder = temporaryFolder()
    const { code, stdout, stderr } = await runAssay(["analyze", "./missing"], { cwd: folder })
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" })
    expect(stderr).toMatch(/✘ .*missing/)
    expect(stderr).toMatch(/GIT_NOT_FOUND/)
  })

  it("makes sense of a repository without commits", async () => {
    const folder = temporaryFolder()
    createRepository(join(folder, "empty"))
    const { code, stdout } = await runAssay(["analyze", "empty"], { cwd: folder })
    expect(code).toBe(0)
    expect(stdout).toMatch(/empty .*0 commits[^]*There are no commits yet/)
  })

  it("gives up when its time is over", async () => {
    const folder = temporaryFolder()
    largeRepository(join(folder, "large"), 6000)
    const { code, stdout, stderr } = await runAssay(["analyze", "large", "--timeout", "1500ms"], { cwd: folder })
    expect(stderr).toMatch(/no result within 1\.5 s/)
    expect({ code, stdout }).toEqual({ code: 124, stdout: "" })
  })

  it("ends git and removes everything on Ctrl-C", async () => {
    const folder = temporaryFolder()
    largeRepository(join(folder, "large"), 6000)
    const temporary = createFolder(join(folder, "tmp"))
    const command = startAssay(["analyze", "large"], { cwd: folder, env: { TMPDIR: temporary } })
    await command.complains(/reading history/)
    command.process.kill("SIGINT")
    expect(await command.ended).toMatchObject({ code: 130, signal: null, stdout: "" })
    expect(readdirSync(temporary)).toEqual([])
  })
})

interface InsightDocument {
  definition: string
  values: Record<string, unknown>
  data: Record<string, unknown>[]
  total: number
}

function createFolder(folder: string): string {
  mkdirSync(folder, { recursive: true })
  return folder
}
