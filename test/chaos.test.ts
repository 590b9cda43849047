import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { expect, test } from "vitest"
import { rootFolder } from "../scripts/bootstrap/workspace.mjs"
import { canKillServers } from "../scripts/chaos/servers.mjs"

const run = promisify(execFile)

/** What the table says beside a name. */
const cell = (output: string, name: string): number =>
  Number(new RegExp(`\\| \\**${name}\\** \\| (\\d+) \\|`).exec(output)?.[1])

// The short form of what docs/concepts/failures.md shows for 10,000 jobs.
const reason = canKillServers() ? "" : " (skipped: this machine has no PostgreSQL and Redis of its own to be killed)"
const title = `300 jobs survive everything that can happen to their processes and servers${reason}`
test.skipIf(reason !== "")(title, { timeout: 180_000 }, async () => {
  const { stdout } = await run(
    process.execPath,
    ["scripts/chaos/run.mjs", ...["--jobs", "300", "--rate", "40", "--every", "700", "--seed", "11"]],
    { cwd: rootFolder },
  )
  for (const fault of [
    "kill -9 of a worker",
    "kill -9 of the API",
    "SIGSTOP longer than the lease",
    "half-open connections of a worker",
    "end of all database connections",
    "restart of PostgreSQL",
    "FLUSHALL of Redis",
    "restart of Redis",
  ]) {
    expect(cell(stdout, fault), fault).toBeGreaterThan(0)
  }
  expect(cell(stdout, "submitted") + cell(stdout, "asked")).toBe(300)
  expect(cell(stdout, "succeeded") + cell(stdout, "failed as designed")).toBe(cell(stdout, "submitted"))
  expect(cell(stdout, "effects")).toBe(cell(stdout, "succeeded"))
  expect(cell(stdout, "attempts lost with their worker")).toBeGreaterThan(0)
  for (const broken of ["duplicates", "lost", "stuck", "failed otherwise"]) expect(cell(stdout, broken), broken).toBe(0)
  expect(cell(stdout, "asked")).toBeGreaterThan(5)
  expect(cell(stdout, "answered") + cell(stdout, "failed with `ANALYSIS_UNCERTAIN`")).toBe(cell(stdout, "asked"))
  expect(cell(stdout, "answered then")).toBe(cell(stdout, "run again in the end, of the uncertain ones"))
  for (const broken of ["billed twice without being run again", "analyses lost", "analyses stuck"]) {
    expect(cell(stdout, broken), broken).toBe(0)
  }
  expect(stdout).toContain("Every promise was kept.")
})
