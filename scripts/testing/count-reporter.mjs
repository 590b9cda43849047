import { writeFileSync } from "node:fs"

/**
 * Counts what a run of vitest did, for whoever started it. Anything that keeps a test from running counts as a failure:
 * a file that does not compile, a hook that throws, an error that no test caught, and a skip that gives no reason.
 *
 * @typedef {{ passed: number, failed: number, skipped: { name: string, reason: string }[], problems: string[] }} Counts
 */

/** A reason may also stand in the name, for whole groups: "PostgreSQL (needs ASSAY_TEST_DATABASE_URL)". */
const reasonInName = /\(((?:skipped|needs):? [^)]+)\)/

/** A reporter of vitest. */
export default class CountReporter {
  /** @param {import("vitest/node").Vitest} vitest */
  onInit(vitest) {
    // With a filter on names all other tests are skipped, which nobody needs to explain.
    this.filtered = vitest.config.testNamePattern !== undefined
  }

  /**
   * @param {readonly import("vitest/node").TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   * @param {import("vitest/node").TestRunEndReason} reason
   */
  onTestRunEnd(modules, unhandledErrors, reason) {
    /** @type {Counts} */
    const counts = { passed: 0, failed: 0, skipped: [], problems: [] }
    const fail = (/** @type {string} */ problem) => {
      counts.failed++
      counts.problems.push(problem)
    }
    for (const module of modules) {
      const file = `${module.project.name || "tests"} › ${module.relativeModuleId}`
      for (const _ of module.errors()) fail(`${file}: could not be run`)
      for (const suite of module.children.allSuites()) {
        for (const _ of suite.errors()) fail(`${file} › ${suite.fullName}: its set-up or clean-up failed`)
      }
      for (const test of module.children.allTests()) {
        const name = `${file} › ${test.fullName}`
        const result = test.result()
        if (result.state === "passed") counts.passed++
        else if (result.state === "failed") fail(name)
        else if (result.state === "pending") fail(`${name}: did not finish`)
        else if (test.options.mode === "run" && result.note === undefined) fail(`${name}: was not run`)
        else if (!this.filtered) {
          const given = result.note ?? reasonInName.exec(test.fullName)?.[1]
          if (given) counts.skipped.push({ name, reason: given })
          else fail(`${name}: is skipped without a reason`)
        }
      }
    }
    for (const _ of unhandledErrors) fail("an error that no test caught")
    if (reason === "interrupted") fail("the run was interrupted")
    else if (reason === "failed" && counts.failed === 0) fail("vitest says that the run failed")
    const target = process.env.ASSAY_TEST_COUNTS
    if (target) writeFileSync(target, JSON.stringify(counts))
  }
}
