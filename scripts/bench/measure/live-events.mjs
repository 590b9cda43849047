// How long a transition takes from its commit in a worker to the Socket.IO clients of another process, and what connections
// cost that only wait. Three processes: this one works, one serves, one holds the clients.
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { anyInput, core, openBenchDatabase, postgres } from "../bench-runtime.mjs"
import { percentile } from "../statistics.mjs"

const clients = Number(process.env.BENCH_CLIENTS ?? 1000)
const roomSize = 10
const idle = clients * 10
const kind = process.argv[2] ?? "PostgreSQL"

const talk = core.defineJob({ type: "bench.talk", input: anyInput, onConflict: "allow" })

const { database, close } = await openBenchDatabase(kind)
const parts = await postgres.openJobParts(database)
const [{ url: databaseUrl = "" } = {}] = await database.query("select current_database() as url")
const address = Object.assign(new URL(process.env.ASSAY_TEST_DATABASE_URL ?? ""), { pathname: `/${databaseUrl}` }).href

/** When each event was committed, by job and number: nanoseconds of a clock that all processes of a machine share. */
const committedAt = new Map()
const store = {
  ...parts.store,
  apply: async (/** @type {any} */ changes, /** @type {any} */ transaction) => {
    const jobs = await parts.store.apply(changes, transaction)
    for (const job of jobs) if (job) committedAt.set(`${job.id} ${job.eventNumber}`, process.hrtime.bigint())
    return jobs
  },
}
const runtime = core.createRuntime({ ...parts, store, concurrency: 10 })
/** @type {() => void} */
let begin = () => {}
runtime.worker.handle(talk, async (context) => {
  const { events, pauseMs } = /** @type {{ events: number, pauseMs: number }} */ (context.input)
  await new Promise((resolve) => (begin = () => resolve(undefined)))
  for (let event = 0; event < events; event++) {
    await context.stage(`stage ${event}`)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
})
await runtime.start()

try {
  const room = await delaysOf({ listeners: roomSize, others: clients - roomSize, events: 200, pauseMs: 25 })
  const all = await delaysOf({ listeners: clients, others: 0, events: 40, pauseMs: 250 })
  const idleMegabytes = await megabytesOfIdle()
  console.log(
    JSON.stringify({
      roomP50: percentile(room, 0.5),
      roomP95: percentile(room, 0.95),
      allP95: percentile(all, 0.95),
      idleMegabytes,
    }),
  )
} finally {
  await runtime.stop({ graceMs: 0 })
  await parts.queue.close()
  await parts.notifier.close()
  await close()
}

/**
 * Milliseconds from each commit to each listener.
 *
 * @param {{ listeners: number, others: number, events: number, pauseMs: number }} load
 */
async function delaysOf({ listeners, others, events, pauseMs }) {
  const job = await runtime.client.enqueue(talk, { events, pauseMs })
  const silent = await runtime.client.enqueue(
    talk,
    { events: 0, pauseMs: 0 },
    { runAt: new Date(Date.now() + 3_600_000) },
  )
  const api = await start("live-events-api.mjs", [address])
  const port = await api.ask("listen")
  const audience = await start("live-events-clients.mjs", [])
  await audience.ask("connect", { port, job: job.id, listeners, silent: silent.id, others })
  begin()
  await job.result()
  const heard = /** @type {[number, string][]} */ (await audience.ask("heard", events + 1))
  await audience.stop()
  await api.stop()
  const delays = heard.flatMap(([number, at]) => {
    const committed = committedAt.get(`${job.id} ${number}`)
    return committed === undefined ? [] : [Number(BigInt(at) - committed) / 1e6]
  })
  if (delays.length < listeners * events) throw new Error(`only ${delays.length} of ${listeners * events} were heard`)
  return delays
}

async function megabytesOfIdle() {
  const job = await runtime.client.enqueue(talk, { events: 0, pauseMs: 0 }, { runAt: new Date(Date.now() + 3_600_000) })
  const api = await start("live-events-api.mjs", [address])
  const port = await api.ask("listen")
  const audience = await start("live-events-clients.mjs", [])
  await audience.ask("idle", { port, job: job.id, count: idle })
  const megabytes = Number(await api.ask("megabytes"))
  await audience.stop()
  await api.stop()
  return megabytes
}

/**
 * @param {string} script
 * @param {string[]} args
 */
async function start(script, args) {
  const child = fork(fileURLToPath(new URL(`../live-events/${script}`, import.meta.url)), args, {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    execArgv: ["--expose-gc"],
  })
  return {
    /** @param {string} what @param {unknown} [about] @returns {Promise<unknown>} */
    async ask(what, about) {
      child.send({ what, about })
      const [answer] = await Promise.race([
        once(child, "message"),
        once(child, "exit").then(([code]) => Promise.reject(new Error(`${script} ended with ${code}`))),
      ])
      return answer
    },
    async stop() {
      const gone = once(child, "exit")
      child.kill("SIGKILL")
      await gone
    },
  }
}
