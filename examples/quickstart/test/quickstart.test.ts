import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { buildPackages, makeRepository, runScript, temporaryFolder } from "./helpers/run-example.js"

const script = join(import.meta.dirname, "../quickstart.js")

describe("the quickstart", { timeout: 120_000 }, () => {
  it("analyses a repository and prints its events", async () => {
    await buildPackages()
    const folder = temporaryFolder()
    const repository = makeRepository(join(folder, "repository"))
    const first = await runScript(script, [repository], folder)
    expect(first.stderr).toBe("")
    expect(first.code).toBe(0)
    expect(first.stdout).toMatch(/^job\.queued .*\njob\.started/)
    expect(first.stdout).toContain("job.stage reading history")
    expect(first.stdout).toMatch(/job\.succeeded.*\n3 commits, bus factor 1\. What changes most:/)
  })

  it("takes 25 lines at most", () => {
    expect(readFileSync(script, "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(25)
  })
})
