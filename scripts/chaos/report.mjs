import { percentile } from "../bench/statistics.mjs"

/** Crash to the next attempt takes at most the lease and this, in milliseconds: see docs/concepts/failures.md. */
const recoveryMarginMs = 5000

/**
 * Prints the table of a run. Returns whether every promise was kept.
 *
 * @param {object} run
 * @param {number} run.jobs
 * @param {number} run.seed
 * @param {number} run.leaseMs
 * @param {number} run.seconds
 * @param {Map<string, number>} run.done
 * @param {readonly number[]} run.promised the jobs that are no questions
 * @param {number} run.refusals
 * @param {import("./verdict.mjs").Verdict} run.verdict
 * @param {import("./analyses.mjs").AnalysisVerdict} run.asked
 * @param {readonly number[]} run.recoveries
 * @param {number} run.refused
 * @param {number} run.died
 */
export function report(run) {
  const { jobs, seed, leaseMs, seconds, done, promised, refusals, verdict, asked, recoveries, refused, died } = run
  const [half, most, slowest] = [0.5, 0.95, 1].map((part) => percentile(recoveries, part) || 0)
  console.log(`${jobs} jobs, seed ${seed}, lease ${leaseMs / 1000} s, ${seconds.toFixed(0)} s\n`)
  table("what was done", [...done])
  table("what became of it", [
    ["submitted", promised.length],
    ["succeeded", verdict.succeeded],
    ["failed as designed", verdict.failedAsDesigned],
    ["effects", verdict.effects],
    ["**duplicates**", verdict.duplicates],
    ["**lost**", verdict.lost],
    ["**stuck**", verdict.stuck],
    ["failed otherwise", verdict.failedOtherwise],
    ["jobs whose events have a gap or two ends", verdict.brokenHistories],
    ["jobs without one attempt for each fence", verdict.unfencedAttempts],
    ["attempts", verdict.attempts],
    ["attempts lost with their worker", verdict.lostAttempts],
    ["stale writes refused", refused],
    ["requests that had to be repeated", refusals],
    ["processes that ended by themselves", died],
    [`crash → running again, p50 of ${recoveries.length}`, seconds1(half)],
    ["the same, p95", seconds1(most)],
    ["the same, slowest", seconds1(slowest)],
  ])
  table("what became of the analyses", [
    ["asked", asked.submitted],
    ["answered", asked.answered],
    ["failed with `ANALYSIS_UNCERTAIN`", asked.uncertain],
    ["messages billed", asked.messages],
    ["**billed twice without being run again**", asked.billedTwice],
    ["**analyses lost**", asked.lost],
    ["**analyses stuck**", asked.stuck],
    ["analyses failed otherwise", asked.failedOtherwise],
    ["run again in the end, of the uncertain ones", asked.redriven],
    ["answered then", asked.answeredThen],
    ["messages billed then", asked.messagesThen],
  ])
  const kept =
    promised.length + asked.submitted === jobs &&
    verdict.succeeded + verdict.failedAsDesigned === promised.length &&
    asked.answered + asked.uncertain === asked.submitted &&
    [asked.billedTwice, asked.lost, asked.stuck, asked.failedOtherwise].every((count) => count === 0) &&
    asked.answeredThen === asked.redriven &&
    asked.messagesThen <= asked.redriven &&
    verdict.effects === verdict.succeeded &&
    [verdict.duplicates, verdict.lost, verdict.stuck, verdict.failedOtherwise].every((count) => count === 0) &&
    verdict.brokenHistories === 0 &&
    verdict.unfencedAttempts === 0 &&
    died === 0
  console.log(kept ? "Every promise was kept." : "A PROMISE WAS BROKEN.")
  if ((slowest ?? 0) > leaseMs + recoveryMarginMs) {
    console.log(
      `The slowest recovery took longer than the lease and ${recoveryMarginMs / 1000} s: the servers were away, too.`,
    )
  }
  return kept
}

/** @param {number | undefined} ms */
const seconds1 = (ms) => `${((ms ?? 0) / 1000).toFixed(1)} s`

/**
 * @param {string} title
 * @param {(readonly [string, string | number])[]} rows
 */
function table(title, rows) {
  console.log(`| ${title} | |\n| --- | ---: |`)
  for (const [name, value] of rows) console.log(`| ${name} | ${value} |`)
  console.log("")
}
