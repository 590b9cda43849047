import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import type { Counts } from "../scripts/testing/count-reporter.mjs"
import { runVitest } from "../scripts/testing/run-vitest.mjs"

/** Runs a project that consists of these files only. */
async function run(files: Record<string, string>, args: string[] = []): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "assay-repository-test-"))
  writeFileSync(join(folder, "vitest.config.mjs"), "export default { test: { globals: true } }")
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  try {
    return await runVitest(args, {
      cwd: folder,
      scratchFolder: folder,
      environment: {},
      signal: new AbortController().signal,
      quiet: true,
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const passing = `it("passes", () => {})`

describe("the test runner", { timeout: 60_000 }, () => {
  it("counts what passes", async () => {
    const counts = await run({
      "a.test.mjs": passing,
      "b.test.mjs": `${passing}\nit.each([1, 2])("passes %d", () => {})`,
    })
    expect(counts).toEqual({ passed: 4, failed: 0, skipped: [], problems: [] })
  })

  describe("counts as a failure", () => {
    const failing: Record<string, string> = {
      "a test that fails": `it("fails", () => expect(1).toBe(2))`,
      "a file with a syntax error": `it("never runs", () => {`,
      "a file that throws while it is loaded": `throw new Error("no")`,
      "a file without a test": `export const nothing = 0`,
      "a hook that throws": `beforeAll(() => { throw new Error("no") }); it("never runs", () => {})`,
      "a clean-up that throws": `afterAll(() => { throw new Error("no") }); it("runs", () => {})`,
      "a hook of a group that throws": `
        describe("group", () => { beforeAll(() => { throw new Error("no") }); it("never runs", () => {}) })`,
      "a skip without a reason": `it.skip("is skipped", () => {})`,
      "a group that is skipped without a reason": `describe.skip("group", () => { it("is skipped", () => {}) })`,
      "a test to be written": `it.todo("is missing")`,
      "a focused test": `it.only("is focused", () => {})`,
    }
    const file = (name: string) => `${name.replaceAll(" ", "-")}.test.mjs`
    let counts: Counts

    beforeAll(async () => {
      const files = Object.entries(failing).map(([name, content]) => [file(name), content])
      counts = await run({ ...Object.fromEntries(files), "passing.test.mjs": passing })
    })

    it.each(Object.keys(failing))("%s", (name) => {
      expect(counts.problems).toContainEqual(expect.stringContaining(file(name)))
    })

    it("each of them once or more, and nothing else", () => {
      expect(counts.failed).toBe(counts.problems.length)
      expect(counts.problems.filter((problem) => problem.includes("passing.test.mjs"))).toEqual([])
    })

    it("an error that no test catches", async () => {
      const uncaught = `it("leaves early", () => void Promise.reject(new Error("no")))`
      expect(await run({ "a.test.mjs": passing, "b.test.mjs": uncaught })).toMatchObject({ passed: 2, failed: 1 })
    })

    it("a process that dies", async () => {
      const dying = `it("dies", () => process.kill(process.pid, "SIGKILL"))`
      const { passed, failed } = await run({ "a.test.mjs": passing, "b.test.mjs": dying })
      expect(passed).toBe(1)
      expect(failed).toBeGreaterThanOrEqual(1)
    })
  })

  it("counts a run without any test as a failure", async () => {
    expect(await run({})).toMatchObject({ passed: 0, failed: 1 })
  })

  it("counts a broken configuration as a failure", async () => {
    expect(await run({ "vitest.config.mjs": "export default {", "a.test.mjs": passing })).toMatchObject({
      passed: 0,
      failed: 1,
    })
  })

  it("lists a skip with its reason, which may be given while running or in a name", async () => {
    const counts = await run({
      "a.test.mjs": `
        ${passing}
        it("asks too much", ({ skip }) => skip("this machine has no moon"))
        describe.skip("a group (needs a moon)", () => { it("lands", () => {}) })`,
    })
    expect(counts).toEqual({
      passed: 1,
      failed: 0,
      skipped: [
        { name: "tests › a.test.mjs › asks too much", reason: "this machine has no moon" },
        { name: "tests › a.test.mjs › a group (needs a moon) > lands", reason: "needs a moon" },
      ],
      problems: [],
    })
  })

  it("asks for no reasons when somebody chose tests by name", async () => {
    const counts = await run({ "a.test.mjs": `${passing}\nit("is another", () => {})` }, ["-t", "passes"])
    expect(counts).toEqual({ passed: 1, failed: 0, skipped: [], problems: [] })
  })
})
