import * as analysis from "#analysis"
import * as core from "#core"

/**
 * What a job of the chaos run does: `plain` works for a while and commits one row, `stepped` does so in steps, `flaky` fails
 * the first time, `hopeless` fails for good. An `analysis` is a question to Potpie; how long that takes, Potpie decides.
 *
 * @typedef {{ number: number, kind: "plain" | "stepped" | "flaky" | "hopeless" | "analysis", ms: number }} Work
 */

/** @type {import("#core").JobDefinition<Work>["inputSchema"]} */
const work = {
  "~standard": { version: 1, vendor: "chaos", validate: (value) => ({ value: /** @type {Work} */ (value) }) },
}

/** So many attempts that no job fails because it had bad luck too often: what fails was meant to. */
const patience = { attempts: 100, crashes: 100, backoff: { baseMs: 50, maxMs: 500 } }

export const chaosTask = core.defineJob({
  ...{ type: "chaos.task", input: work, onConflict: "allow", timeout: "1m" },
  ...patience,
})

/** The job of `@assay/analysis` itself. */
export const chaosAnalysis = {
  ...analysis.defineAnalyzeRepository({ maxConcurrency: 20, attempts: patience.attempts }),
  ...{ crashes: patience.crashes, backoff: patience.backoff },
}
