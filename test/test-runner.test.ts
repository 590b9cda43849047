import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import type { Counts } from "../scripts/testing/count-reporter.mjs"
import { runVitest } from "../scripts/testing/run-vitest.mjs"
import { temporaryFolder } from "./helpers/temporary-folder.js"

/** Runs a project that consists of these files only. */
async function run(files: Record<string, string>, args: string[] = []): Promise<Counts> {
  const folder = temporaryFolder()
  writeFileSync(join(folder, "vitest.config.mjs"), "export default { test: { globals: true } }")
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return runVitest(args, {
    cwd: folder,
    scratchFolder: folder,
    environment: {},
    signal: new AbortController().signal,
    quiet: true,
  })
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

  it.each([
    ["a test that fails", `it("fails", () => expect(1).toBe(2))`],
    ["a file with a syntax error", `it("never runs", () => {`],
    ["a file that throws while it is loaded", `throw new Error("no")`],
    ["a file without a test", `export const nothing = 0`],
    ["a hook that throws", `beforeAll(() => { throw new Error("no") }); it("never runs", () => {})`],
    ["a clean-up that throws", `afterAll(() => { throw new Error("no") }); it("runs", () => {})`],
    [
      "a hook of a group that throws",
      `describe("group", () => { beforeAll(() => { throw new Error("no") }); it("never runs", () => {}) })`,
    ],
    ["an error that no test catches", `it("leaves early", () => void Promise.reject(new Error("no")))`],
    ["a process that dies", `it("dies", () => process.kill(process.pid, "SIGKILL"))`],
    ["a skip without a reason", `it.skip("is skipped", () => {})`],
    ["a group that is skipped without a reason", `describe.skip("group", () => { it("is skipped", () => {}) })`],
    ["a test to be written", `it.todo("is missing")`],
    ["a focused test", `it.only("is focused", () => {})`],
  ])("counts %s as a failure, beside what passes", async (_, file) => {
    const counts = await run({ "a.test.mjs": passing, "b.test.mjs": file })
    expect(counts.passed).toBeGreaterThanOrEqual(1)
    expect(counts.failed).toBeGreaterThanOrEqual(1)
    expect(counts.problems).toHaveLength(counts.failed)
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
