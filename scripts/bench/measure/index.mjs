// Index of a repository of 10,000 commits beside one plain `git log --numstat` of it, then an update after 100 more. What is
// spent on fetching is left out: the clock starts with the stage that follows it.
import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openRuntime } from "../bench-runtime.mjs"
import { extendHistory, makeHistory } from "../make-history.mjs"
import * as git from "#git"
import * as postgres from "#postgres"

const database = process.argv[2] ?? "PGlite"
const commits = Number(process.env.BENCH_COMMITS ?? 10_000)
const folder = mkdtempSync(join(tmpdir(), "assay-bench-"))
const source = join(folder, "source")

// Making the history takes longer than indexing it: the runs of one benchmark share it.
const shared = join(tmpdir(), `assay-bench-history-${commits}-${process.ppid}`)
if (!existsSync(shared)) await makeHistory(shared, { commits })
execFileSync("git", ["clone", "--quiet", "--bare", "--no-hardlinks", shared, source])

/** @type {any} */
let repositories
const bench = await openRuntime(database, async ({ worker }, opened) => {
  await postgres.migrate(opened, git.gitMigrations)
  repositories = postgres.createPostgresRepositoryStore({ database: opened })
  const mirrors = git.createMirrors({ root: join(folder, "mirrors") })
  git.registerRepositoryJobs(worker, { repositories, mirrors })
})

try {
  globalThis.gc?.()
  const idle = process.memoryUsage.rss()
  const { url, key, name } = git.parseRemoteUrl(source, { trusted: true })
  const repository = await repositories.create({ tenant: "default", url, key, name, trusted: true })

  let largest = 0
  const sampling = setInterval(() => (largest = Math.max(largest, process.memoryUsage.rss())), 50)
  const indexSeconds = await perform(git.indexRepository, repository.id)
  clearInterval(sampling)
  const gitSeconds = plainGit()
  await extendHistory(source, { commits: 100 })
  const updateSeconds = await perform(git.updateRepository, repository.id)

  console.log(
    JSON.stringify({
      ratio: indexSeconds / gitSeconds,
      indexSeconds,
      gitSeconds,
      updateSeconds,
      nodeMegabytes: largest / 2 ** 20,
      aboveIdleMegabytes: (largest - idle) / 2 ** 20,
    }),
  )
} finally {
  await bench.close()
  rmSync(folder, { recursive: true, force: true })
}

/**
 * Seconds from the first stage after the fetch to the end.
 *
 * @param {any} definition
 * @param {number} repositoryId
 */
async function perform(definition, repositoryId) {
  const job = await bench.runtime.client.enqueue(definition, { repositoryId })
  let startedAt = NaN
  for await (const event of job.events()) {
    if (event.type === "job.stage" && event.data.stage !== "fetching") startedAt ||= event.at.getTime()
    if (event.type === "job.succeeded") return (event.at.getTime() - startedAt) / 1000
  }
  throw new Error(JSON.stringify((await job.get()).failure))
}

function plainGit() {
  const startedAt = performance.now()
  execFileSync("git", ["-C", source, "log", "--numstat", "main"], { stdio: ["ignore", "ignore", "inherit"] })
  return (performance.now() - startedAt) / 1000
}
