// Answers to questions about a history of 80,000 commits, and how soon the first can be had. All insights are asked for, several
// times each: with default parameters, as prepared after the index and with nothing kept, and with windows that nobody has asked
// for before. Where nothing is kept, the facts are in memory all the same, and what insights share of them: it is a service that
// runs. What that costs at first is in the time of the preparation, which begins with nothing in memory.
//
// BENCH_COMMITS makes the history shorter; BENCH_REPOSITORY=<path> takes a real one; BENCH_EACH tells each insight apart.
import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { openRuntime } from "../bench-runtime.mjs"
import { makeHistory } from "../make-history.mjs"
import { median, percentile } from "../statistics.mjs"
import * as git from "#git"
import * as postgres from "#postgres"

const kind = process.argv[2] ?? "PGlite"
const real = process.env.BENCH_REPOSITORY
const commits = Number(process.env.BENCH_COMMITS ?? 80_000)
const rounds = 5
const windowDays = [30, 90, 180, 365, 730]
const folder = mkdtempSync(join(tmpdir(), "assay-bench-"))

// Making the history takes as long as indexing it: the runs of one benchmark share it.
const source = real ? resolve(real) : join(tmpdir(), `assay-bench-insights-${commits}-${process.ppid}`)
// Short files that stay short: questions are about commits and changes, and the lines would take most of the time.
if (!existsSync(source))
  await makeHistory(source, { commits, files: 1_500, shortest: 4, longest: 12, most: 12, packed: false })

/** @type {any} */
let repositories
const bench = await openRuntime(kind, async ({ worker }, opened) => {
  await postgres.migrate(opened, git.gitMigrations)
  repositories = postgres.createPostgresRepositoryStore({ database: opened })
  const mirrors = git.createMirrors({ root: join(folder, "mirrors") })
  git.registerRepositoryJobs(worker, { repositories, mirrors })
})

try {
  const { database } = bench
  const { url, key } = git.parseRemoteUrl(source, { trusted: true })
  const repository = await repositories.create({ tenant: "default", url, key, name: "history", trusted: true })
  const open = () => git.createInsightReader({ database, repositories })
  const firstNumbersSeconds = await index(repository, open())

  const forget = () => database.query("delete from assay.insights where repository_id = $1", [repository.id])
  await forget()
  const prepareSeconds = (await time(() => open().prepare(repository))) / 1000

  const reader = open()
  const defaults = []
  const prepared = []
  const windows = []
  const tip = (await reader.snapshots(repository))[0]?.committedAt?.getTime() ?? Date.now()
  for (let round = 0; round < rounds; round++) {
    // By somebody who has nothing in memory: another process than the one that prepared them.
    const other = open()
    for (const { name } of reader.descriptions) prepared.push(await time(() => other.read(repository, name)))
  }
  await forget()
  await reader.read(repository, "summary")
  for (let round = 0; round < rounds; round++) {
    for (const { name } of reader.descriptions) {
      // Also for the summary's sake, which would keep most of the others.
      await forget()
      defaults.push(await time(() => reader.read(repository, name)))
    }
    for (const { name, parameters } of reader.descriptions) {
      if (!parameters.some((parameter) => parameter.name === "since")) continue
      // Another one in each round.
      const until = tip - round * 40 * 86_400_000
      const since = until - (windowDays[round % windowDays.length] ?? 30) * 86_400_000
      const day = (/** @type {number} */ at) => new Date(at).toISOString().slice(0, 10)
      windows.push(
        await time(() => reader.read(repository, name, { parameters: { since: day(since), until: day(until) } })),
      )
    }
  }
  console.log(
    JSON.stringify({
      ...{ firstNumbersSeconds, prepareSeconds, preparedP95: percentile(prepared, 0.95) },
      defaultsP95: percentile(defaults, 0.95),
      windowsP95: percentile(windows, 0.95),
      parserMegabytesPerSecond: parserSpeed(),
    }),
  )
  if (process.env.BENCH_EACH) {
    for (const [at, { name }] of reader.descriptions.entries()) {
      const own = defaults.filter((_, place) => place % reader.descriptions.length === at)
      console.error(name, own.map((ms) => ms.toFixed(0)).join(" "))
    }
  }
} finally {
  await bench.close()
  rmSync(folder, { recursive: true, force: true })
}

/**
 * Indexes the repository and returns the seconds from the end of the fetch to the first numbers, asked for every 20 ms.
 *
 * @param {any} repository
 * @param {any} reader
 */
async function index(repository, reader) {
  const job = await bench.runtime.client.enqueue(git.indexRepository, { repositoryId: repository.id })
  let seconds = NaN
  for await (const event of job.events()) {
    if (event.type === "job.stage" && event.data.stage === "reading history") {
      const fetched = event.at.getTime()
      void (async () => {
        while (Number.isNaN(seconds)) {
          const answer = await reader.read(repository, "activity").catch(() => undefined)
          if (answer?.rows.length) seconds = (Date.now() - fetched) / 1000
          else await new Promise((wake) => setTimeout(wake, 20))
        }
      })()
    }
    if (event.type === "job.succeeded") return seconds
    if (event.type === "job.failed") break
  }
  throw new Error(JSON.stringify((await job.get()).failure))
}

/** Of what git says about the history, without git, its median of five. In millions of bytes per second. */
function parserSpeed() {
  const oids = execFileSync("git", ["-C", source, "rev-list", "--no-merges", "--max-count=20000", "HEAD"])
  const args = ["-C", source, "diff-tree", ...git.diffTreeOptions]
  const output = execFileSync("git", args, { input: oids, maxBuffer: 2 ** 30 })
  const speeds = Array.from({ length: 5 }, () => {
    let parsed = 0
    const parser = git.createDiffTreeParser({ commit: ({ changes }) => void (parsed += changes.length) })
    const startedAt = performance.now()
    // In the pieces in which a pipe hands it over.
    for (let at = 0; at < output.length; at += 65_536) parser.push(output.subarray(at, at + 65_536))
    parser.end()
    if (parsed === 0) throw new Error("nothing was parsed")
    return output.length / 1e3 / (performance.now() - startedAt)
  })
  return median(speeds)
}

/** @param {() => Promise<unknown>} work */
async function time(work) {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}
