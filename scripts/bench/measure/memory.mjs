// Whether a process that works through very many jobs keeps something of each: its heap, after a collection, at 10,000 and
// at 100,000 jobs.
import { setTimeout as sleep } from "node:timers/promises"
import { anyInput, core, inParallel, openRuntime } from "../bench-runtime.mjs"

const task = core.defineJob({ type: "bench.task", input: anyInput, onConflict: "allow" })
const bench = await openRuntime(
  process.argv[2] ?? "PostgreSQL + Redis",
  async ({ worker }) => worker.handle(task, async () => {}),
  { concurrency: 50 },
)
const { client } = bench.runtime

/** @param {number} count in all, since the beginning */
async function upTo(count) {
  const before = (await client.counts()).succeeded
  await inParallel(count - before, 100, (index) => client.enqueue(task, { index }))
  while ((await client.counts()).succeeded < count) await sleep(50)
  // What was to be noted or told a moment later.
  await sleep(2000)
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 2 ** 20
}

try {
  const after10k = await upTo(10_000)
  const after100k = await upTo(100_000)
  console.log(JSON.stringify({ after10k, after100k, growth: after100k / after10k }))
} finally {
  await bench.close()
}
