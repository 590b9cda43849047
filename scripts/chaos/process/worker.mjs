// A worker of the chaos run. Its effects are rows of a table without a key, so that one too many would be there to be seen.
import { setTimeout as sleep } from "node:timers/promises"
import * as analysis from "#analysis"
import * as core from "#core"
import { chaosAnalysis, chaosTask } from "./definition.mjs"
import { openRuntime, report, retried } from "./parts.mjs"

const { runtime, database, store, repositories, potpie } = await openRuntime("worker")

runtime.worker.handle(chaosTask, async (context) => {
  const { number, kind, ms } = context.input
  if (kind === "hopeless") throw new core.AssayError("INTERNAL", "This job is meant to fail.")
  if (kind === "flaky" && context.attempt === 1) {
    throw new core.AssayError("INTERNAL", "This attempt is meant to fail.", { retryable: true })
  }
  if (kind === "stepped") await context.step("half", async () => number)
  // The signal is not heeded on purpose: what a zombie does late has to be refused, not merely avoided.
  await sleep(ms)
  if (isStale(context.signal.reason)) report({ refused: "commit" })
  return context.commit(async (transaction) => {
    await transaction.query("insert into chaos_effects (number, job_id, fence) values ($1, $2, $3)", [
      number,
      context.jobId,
      context.fence,
    ])
  })
})

runtime.worker.handle(
  chaosAnalysis,
  analysis.createAnalysisHandler({
    ...{ potpie, database, repositories, jobs: store },
    polling: { first: 50, max: 500 },
  }),
)

/** Then `commit` rejects without asking the store. @param {unknown} reason */
const isStale = (reason) => core.AssayError.isInstance(reason) && reason.code === "STALE_LEASE"

await retried(() => runtime.start())
report({ ready: runtime.worker.id })
