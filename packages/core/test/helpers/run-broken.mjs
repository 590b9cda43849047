// Runs the suites on memory implementations each of which has one line broken, and writes down which tests noticed:
// node run-broken.mjs <file with the faults> <file for the outcome>
import { readFileSync, writeFileSync } from "node:fs"
import { normalize } from "node:path/posix"
import { fileURLToPath } from "node:url"
import { startVitest } from "vitest/node"

/** @typedef {{ name: string, suite: string, file: string, line: string, broken: string }} Fault */
/** @typedef {{ passed: number, failed: string[], errors: string[] }} Outcome */

const [faultsFile = "", outcomeFile = ""] = process.argv.slice(2)
/** @type {Fault[]} */
const faults = JSON.parse(readFileSync(faultsFile, "utf8"))
const root = fileURLToPath(new URL("../..", import.meta.url))
/** @type {Record<string, Outcome>} */
const outcomes = {}

/** @type {(fault: Fault) => import("vitest/node").Vite.Plugin} */
const breakLine = ({ file, line, broken }) => ({
  name: "break-line",
  enforce: "pre",
  transform: (code, id) =>
    id.endsWith(normalize(`/src/memory/${file}`)) ? code.replace(line, () => broken) : undefined,
})

/** @type {import("vitest/node").Reporter} */
const reporter = {
  onTestRunEnd(modules) {
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      outcomes[module.project.name] = {
        passed: tests.filter((test) => test.result().state === "passed").length,
        failed: tests.filter((test) => test.result().state === "failed").map((test) => test.fullName),
        errors: module.errors().map(({ message }) => message),
      }
    }
  },
}

const vitest = await startVitest("test", [], {
  config: false,
  root,
  watch: false,
  reporters: [reporter],
  maxWorkers: 2,
  projects: faults.map((fault) => ({
    root,
    plugins: [breakLine(fault)],
    test: { name: fault.name, include: [`test/fixtures/broken-${fault.suite}.ts`], testTimeout: 10_000 },
  })),
})
await vitest.close()
writeFileSync(outcomeFile, JSON.stringify(outcomes))
// The tests of what is broken fail, as they should.
process.exitCode = 0
