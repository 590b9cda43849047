// Full life of jobs (enqueue, claim, complete; one attempt row, three events) at concurrency 10, in jobs per second.
import { core, openRuntime, inParallel, anyInput } from "../bench-runtime.mjs"

const database = process.argv[2] ?? "PGlite"
const total = 5000

const task = core.defineJob({ type: "bench.task", input: anyInput, onConflict: "allow" })
const writing = core.defineJob({ type: "bench.writing", input: anyInput, onConflict: "allow" })

let handled = 0
const bench = await openRuntime(database, async ({ worker }, opened) => {
  await opened.exec("create table if not exists bench_results (job text primary key, value int not null)")
  worker.handle(task, async () => {
    handled++
  })
  worker.handle(writing, (context) =>
    context.commit(async (transaction) => {
      handled++
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
  handled = 0
  await inParallel(count, 100, (index) => client.enqueue(definition, { index }))
  // Counting rows is work for the database too, so it begins when nearly all is done.
  const pause = () => new Promise((resolve) => setTimeout(resolve, 5))
  while (handled < count) await pause()
  while ((await client.counts()).succeeded < before + count) await pause()
  return count / ((performance.now() - startedAt) / 1000)
}
