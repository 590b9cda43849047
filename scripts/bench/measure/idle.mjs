// How often a process asks the database while there is nothing to do. A minute of it, after everything has come to rest.
import { setTimeout as sleep } from "node:timers/promises"
import { openRuntime, anyInput, core } from "../bench-runtime.mjs"

const kind = process.argv[2] ?? "PGlite"
let queries = 0

const task = core.defineJob({ type: "bench.task", input: anyInput, onConflict: "allow" })
const bench = await openRuntime(kind, async ({ worker }, database) => {
  worker.handle(task, async () => {})
  const query = database.query.bind(database)
  database.query = (...question) => {
    queries++
    return query(...question)
  }
  const transaction = database.transaction.bind(database)
  database.transaction = (work) =>
    transaction((inner) => {
      queries++
      return work(inner)
    })
})
try {
  await (await bench.runtime.client.enqueue(task, {})).result()
  await sleep(10_000)
  queries = 0
  await sleep(60_000)
  console.log(JSON.stringify({ queriesPerMinute: queries }))
} finally {
  await bench.close()
}
