// How long an idle system takes to start a handler after `enqueue` was called, and to fire its signal after `cancel` was.
import { anyInput, core, openRuntime } from "../bench-runtime.mjs"
import { percentile } from "../statistics.mjs"

const database = process.argv[2] ?? "PGlite"
const samples = 200

const quick = core.defineJob({ type: "bench.quick", input: anyInput, onConflict: "allow" })
const patient = core.defineJob({ type: "bench.patient", input: anyInput, onConflict: "allow" })

/** @type {(at: number) => void} */
let started = () => {}
/** @type {(at: number) => void} */
let aborted = () => {}
const bench = await openRuntime(database, async ({ worker }) => {
  worker.handle(quick, async () => void started(performance.now()))
  worker.handle(patient, async ({ signal }) => {
    started(performance.now())
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))
    aborted(performance.now())
    throw signal.reason
  })
})

try {
  const { client } = bench.runtime
  const starts = []
  const cancels = []
  for (let sample = 0; sample < samples + 20; sample++) {
    const start = next((tell) => (started = tell))
    const askedAt = performance.now()
    const job = await client.enqueue(quick, {})
    starts.push((await start) - askedAt)
    await job.result()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  for (let sample = 0; sample < samples / 4; sample++) {
    const start = next((tell) => (started = tell))
    const abort = next((tell) => (aborted = tell))
    const job = await client.enqueue(patient, {})
    await start
    const askedAt = performance.now()
    await job.cancel()
    cancels.push((await abort) - askedAt)
    await job.result().catch(() => {})
  }
  const measured = starts.slice(20)
  console.log(
    JSON.stringify({
      startP50: percentile(measured, 0.5),
      startP95: percentile(measured, 0.95),
      cancelP95: percentile(cancels, 0.95),
    }),
  )
} finally {
  await bench.close()
}

/**
 * @param {(tell: (at: number) => void) => void} register
 * @returns {Promise<number>}
 */
function next(register) {
  return new Promise((resolve) => register(resolve))
}
