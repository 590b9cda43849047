import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** @typedef {import("./count-reporter.mjs").Counts} Counts */

const reporter = fileURLToPath(new URL("count-reporter.mjs", import.meta.url))

/**
 * Runs vitest once and counts.
 *
 * @param {string[]} args vitest's own
 * @param {object} options
 * @param {string} options.cwd the folder of the vitest configuration
 * @param {string} options.scratchFolder for the counts; the caller removes it
 * @param {Record<string, string>} options.environment added to this process's
 * @param {AbortSignal} options.signal ends vitest and everything it started
 * @param {boolean} [options.quiet] keeps vitest's own output back
 * @returns {Promise<Counts>} with at least one failure whenever vitest itself was not content
 */
export async function runVitest(args, { cwd, scratchFolder, environment, signal, quiet = false }) {
  const countsFile = join(scratchFolder, "counts.json")
  const command = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs")
  const child = spawn(
    process.execPath,
    [command, "run", "--reporter=default", `--reporter=${reporter}`, "--allowOnly=false", ...args],
    {
      cwd,
      env: { ...process.env, ...environment, ASSAY_TEST_COUNTS: countsFile },
      stdio: quiet ? "ignore" : ["ignore", "inherit", "inherit"],
      // A group of its own, so that it can be ended together with what the tests started.
      detached: true,
    },
  )
  const end = () => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL")
  }
  signal.addEventListener("abort", end, { once: true })
  if (signal.aborted) end()
  const [code] = await once(child, "exit")
  signal.removeEventListener("abort", end)

  /** @type {Counts} */
  const counts = existsSync(countsFile)
    ? JSON.parse(readFileSync(countsFile, "utf8"))
    : { passed: 0, failed: 0, skipped: [], problems: [] }
  if (code !== 0 && counts.failed === 0) {
    counts.failed = 1
    counts.problems.push(signal.aborted ? "the run was interrupted" : `vitest ended with exit code ${code}`)
  }
  return counts
}

/**
 * Prints what was skipped and what failed and, as the very last line, how many tests passed and failed.
 *
 * @param {Counts} counts
 */
export function printCounts({ passed, failed, skipped, problems }) {
  const lines = [
    ...skipped.map(({ name, reason }) => `skipped: ${name.includes(reason) ? name : `${name}: ${reason}`}`),
    ...problems.map((problem) => `failed: ${problem}`),
    `${passed} passed, ${failed} failed`,
  ]
  process.stdout.write(`${lines.join("\n")}\n`)
}
