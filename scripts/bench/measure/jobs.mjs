// Full life of jobs (enqueue, claim, complete; one attempt row, three events) at concurrency 10, in jobs per second.
import { core, openRuntime, inParallel, anyInput } from "../bench-runtime.mjs"

const database = process.argv[2] ?? "PGlite"
const total = 5000

const task = core.defineJob({ type: "bench.task", input: anyInput, onConflict: "allow" })
const writing = core.defineJob({ type: "bench.writing", input: anyInput, onConflict: "allow" })

const bench = await openRuntime(database, async ({ worker }, opened) => {
  await opened.exec("create table if not exists bench_results (job text primary key, value int not null)")
  worker.handle(task, async () => undefined)
  worker.handle(writing, (context) =>
    context.commit(async (transaction) => {
      await transaction.query("insert into bench_results (job, value) values ($1, 1)", [context.jobId])
    }),
  )
})

try {
  await lives(task, 500)
  const noop = await lives(task, total)
  const withResultRow = await lives(writing, total / 2)
  console.log(JSON.stringify({ noop, withResultRow }))
} finally {
  await bench.close()
}

/**
 * @param {any} definition
 * @param {number} count
 */
async function lives(definition, count) {
  const { client } = bench.runtime
  const before = (await client.counts()).succeeded
  const startedAt = performance.now()
  await inParallel(count, 100, (index) => client.enqueue(definition, { index }))
  while ((await client.counts()).succeeded < before + count) await new Promise((resolve) => setTimeout(resolve, 20))
  return count / ((performance.now() - startedAt) / 1000)
}
