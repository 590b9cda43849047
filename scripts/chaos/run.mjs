// `npm run chaos -- --jobs 10000 --seed 7`: real processes, real servers, and everything that can happen to them. Prints
// what was done and what became of the jobs, and ends with 1 if one of them was lost, is stuck, or took effect twice.
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { parseArgs } from "node:util"
import { machine } from "../bench/machine.mjs"
import { exitWith } from "../bootstrap/problem.mjs"
import { prepare } from "../bootstrap/prepare.mjs"
import { freePort } from "../services/free-port.mjs"
import { judgeAnalyses, startPotpie } from "./analyses.mjs"
import { faults, redisFaults } from "./faults.mjs"
import { createMember } from "./member.mjs"
import { createProxy } from "./proxy.mjs"
import { createRandom } from "./random.mjs"
import { report } from "./report.mjs"
import { startPostgres, startRedis } from "./servers.mjs"
import { submitAll } from "./submit.mjs"
import { countUnfinished, readRecoveries, readVerdict } from "./verdict.mjs"

const { values } = parseArgs({
  options: {
    jobs: { type: "string", default: "1000" },
    seed: { type: "string", default: String(Date.now() % 100_000) },
    workers: { type: "string", default: "3" },
    /** Jobs submitted per second. */
    rate: { type: "string", default: "60" },
    /** One fault begins every so many milliseconds. */
    every: { type: "string", default: "900" },
    lease: { type: "string", default: "2000" },
    queue: { type: "string", default: "redis" },
  },
})
const [jobs, seed, rate] = [Number(values.jobs), Number(values.seed), Number(values.rate)]
const [every, leaseMs] = [Number(values.every), Number(values.lease)]
/** Jobs that have not moved for this long although everything works count as stuck. */
const patienceMs = 60_000

await prepare({ types: false }).catch(exitWith)
const folder = mkdtempSync(join(tmpdir(), "assay-chaos-"))
// The servers run as users of their own.
chmodSync(folder, 0o755)
/** @type {(() => Promise<unknown>)[]} */
const endings = [async () => rmSync(folder, { recursive: true, force: true })]
const clean = async () => {
  for (const end of endings.splice(0).reverse()) await end()
}
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.once(signal, () => void clean().finally(() => process.exit(1)))
}
try {
  process.exitCode = (await run()) ? 0 : 1
} finally {
  await clean()
}

async function run() {
  const random = createRandom(seed)
  const startedAt = performance.now()
  const postgres = await startPostgres(folder)
  endings.push(() => postgres.kill())
  const redis = values.queue === "redis" ? await startRedis(folder) : undefined
  endings.push(async () => redis?.kill())

  const potpie = await startPotpie(createRandom(seed + 2), leaseMs)
  endings.push(() => potpie.close())
  const questions = { POTPIE_API_KEY: potpie.apiKey, POTPIE_BASE_URL: potpie.url }

  const { openDatabase, openJobParts } = await import("#postgres")
  const database = await openDatabase(postgres.url)
  endings.push(() => database.close())
  const { queue, notifier } = await openJobParts(database)
  await Promise.all([queue.close(), notifier.close()])
  await database.exec("create table chaos_effects (number int not null, job_id text not null, fence int not null)")

  const port = await freePort()
  const api = createMember("api", "api", environment(postgres.url, redis?.url, { ...questions, PORT: String(port) }))
  const workers = await Promise.all(Array.from({ length: Number(values.workers) }, (_, index) => openWorker(index)))
  const members = [api, ...workers.map(({ member }) => member)]
  endings.push(() => Promise.all(members.map((member) => member.kill())))
  await Promise.all(members.map((member) => member.start()))

  /** @param {number} index */
  async function openWorker(index) {
    const proxies = await Promise.all(
      [postgres, redis].filter((server) => server !== undefined).map(({ port }) => createProxy(port)),
    )
    endings.push(() => Promise.all(proxies.map((proxy) => proxy.close())))
    const [database, bell] = [postgres, redis].map((server, at) => {
      if (!server) return undefined
      return Object.assign(new URL(server.url), { port: String(proxies[at]?.port) }).href
    })
    return {
      member: createMember(`worker ${index + 1}`, "worker", environment(database ?? "", bell, questions)),
      proxies,
    }
  }

  /** @type {{ pid: number, at: number }[]} */
  const strikes = []
  const scene = {
    ...{ random, leaseMs, api, workers, postgres, redis, database },
    busy: new Set(),
    struck: (/** @type {number | undefined} */ pid) => void (pid && strikes.push({ pid, at: Date.now() })),
  }
  const submitting = submitAll({ jobs, rate, random: createRandom(seed + 1), url: `http://127.0.0.1:${port}` })
  // Many questions are put last, because they wait for Potpie: while they are being answered is a moment to strike.
  const mostAreAsked = submitting.finished.then(async ({ analyses }) => {
    // On a machine that is busy they may never be.
    const until = Date.now() + 10_000
    while (potpie.billed < analyses.length * 0.5 && Date.now() < until) await sleep(100)
  })
  const [done] = await Promise.all([strikeUntil(mostAreAsked, scene), killWhoAsks(potpie, scene)])
  const { promised, analyses, refusals } = await submitting.finished
  // From here on nothing happens any more, and everything has to come to its end.
  await settle(database)

  const plain = promised.filter((number) => !analyses.includes(number))
  const verdict = await readVerdict(database, plain)
  const url = `http://127.0.0.1:${port}`
  const asked = await judgeAnalyses({ database, promised: analyses, potpie, url, settle: () => settle(database) })
  const recoveries = await readRecoveries(database, strikes)
  const refused = members.reduce((sum, { seen }) => sum + seen.refused, 0)
  const died = members.reduce((sum, { seen }) => sum + seen.died, 0)
  const seconds = (performance.now() - startedAt) / 1000
  console.log(`${machine()}\n`)
  const good = report({
    ...{ jobs, seed, leaseMs, seconds, done, promised: plain, refusals, verdict, asked, recoveries, refused, died },
  })
  if (!good) for (const { name, complaints } of members) console.error(`--- ${name}\n${complaints()}`)
  return good
}

/**
 * @param {string} databaseUrl
 * @param {string | undefined} redisUrl
 * @param {Record<string, string>} [more]
 */
function environment(databaseUrl, redisUrl, more = {}) {
  return { DATABASE_URL: databaseUrl, LEASE_MS: String(leaseMs), ...(redisUrl ? { REDIS_URL: redisUrl } : {}), ...more }
}

/**
 * Every kind of fault in an order of its own, again and again, until `end`; those that take time go on beside each other.
 * Each kind has happened at least once, however few jobs there are.
 *
 * @param {Promise<unknown>} end
 * @param {import("./faults.mjs").Scene} scene
 */
async function strikeUntil(end, scene) {
  /** @type {Map<string, number>} */
  const done = new Map()
  const kinds = Object.keys(faults).filter((kind) => scene.redis || !redisFaults.has(kind))
  /** @type {Map<string, Promise<void>>} */
  const happening = new Map()
  let over = false
  void end.finally(() => (over = true))
  for (let round = 0; !over || round === 0; round++) {
    for (const kind of scene.random.shuffled(kinds)) {
      if (over && round > 0) break
      // A server that is being restarted cannot be restarted.
      await happening.get(kind)
      const fault = /** @type {(scene: import("./faults.mjs").Scene) => Promise<void>} */ (faults[kind])
      const event = fault(scene).catch((error) => {
        if (!(/** @type {{ retryable?: boolean }} */ (error).retryable)) throw error
      })
      happening.set(kind, event)
      done.set(kind, (done.get(kind) ?? 0) + 1)
      await sleep(every)
    }
  }
  await Promise.all(happening.values())
  return done
}

/**
 * Chance may spare those who wait for an answer: all workers that nothing else happens to are killed as soon as there are some.
 *
 * @param {import("#fake-potpie").FakePotpie} potpie
 * @param {import("./faults.mjs").Scene} scene
 */
async function killWhoAsks(potpie, { workers, busy, struck }) {
  const until = Date.now() + patienceMs
  while (potpie.billed < 3 && Date.now() < until) await sleep(20)
  const free = workers.filter((worker) => !busy.has(worker))
  for (const worker of free) busy.add(worker)
  await Promise.all(
    free.map(async (worker) => {
      struck(worker.member.pid())
      await worker.member.kill()
      await worker.member.start()
      busy.delete(worker)
    }),
  )
}

/** Resolves when all jobs are finished, or nothing has moved for too long. @param {import("#postgres").PostgresDatabase} database */
async function settle(database) {
  let movedAt = Date.now()
  let before = -1
  while (Date.now() - movedAt < patienceMs) {
    const { unfinished, progress } = await countUnfinished(database)
    if (unfinished === 0) return
    if (progress !== before) movedAt = Date.now()
    before = progress
    await sleep(200)
  }
}
