import { mkdirSync, readdirSync } from "node:fs"
import { join } from "node:path"
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
    expect(stderr.trim().split("\n")).toEqual(["fetching …", "reading history …", "reading files …", "publishing …"])
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

function createFolder(folder: string): string {
  mkdirSync(folder, { recursive: true })
  return folder
}
