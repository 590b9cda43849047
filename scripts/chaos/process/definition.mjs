import * as core from "#core"

/**
 * What a job of the chaos run does: `plain` works for a while and commits one row, `stepped` does so in steps, `flaky` fails
 * the first time, `hopeless` fails for good.
 *
 * @typedef {{ number: number, kind: "plain" | "stepped" | "flaky" | "hopeless", ms: number }} Work
 */

/** @type {import("#core").JobDefinition<Work>["inputSchema"]} */
const work = {
  "~standard": { version: 1, vendor: "chaos", validate: (value) => ({ value: /** @type {Work} */ (value) }) },
}

export const chaosTask = core.defineJob({
  type: "chaos.task",
  input: work,
  onConflict: "allow",
  // So many that no job fails because it had bad luck too often: what fails was meant to.
  attempts: 100,
  crashes: 100,
  backoff: { baseMs: 50, maxMs: 500 },
  timeout: "1m",
})
