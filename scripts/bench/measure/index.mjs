// Index of a repository of 10,000 commits beside plain `git log --numstat` of it, then an update after 100 more. What is spent on
// fetching is left out: the clock starts with the stage that follows it. Git is timed before and after each index, in the same
// run: on a machine that others use, too, only the ratio says something.
//
// BENCH_COMMITS makes the history shorter or longer; BENCH_REPOSITORY=<path> takes a real one, of which the update then brings as
// few of the last commits of the first-parent chain as bring 100 commits or more with what they merged.
import { execFileSync } from "node:child_process"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { openRuntime } from "../bench-runtime.mjs"
import { extendHistory, makeHistory } from "../make-history.mjs"
import * as git from "#git"
import * as postgres from "#postgres"

const database = process.argv[2] ?? "PGlite"
const real = process.env.BENCH_REPOSITORY
const commits = Number(process.env.BENCH_COMMITS ?? 10_000)
const folder = mkdtempSync(join(tmpdir(), "assay-bench-"))
const source = join(folder, "source")

// Making the history takes longer than indexing it: the runs of one benchmark share it.
const shared = real ? resolve(real) : join(tmpdir(), `assay-bench-history-${commits}-${process.ppid}`)
if (!existsSync(shared)) await makeHistory(shared, { commits })
execFileSync("git", ["clone", "--quiet", "--bare", "--no-hardlinks", shared, source])
const branch = ask(["symbolic-ref", "HEAD"])
const tip = ask(["rev-parse", branch])
if (real) execFileSync("git", ["-C", source, "update-ref", branch, hundredBefore(tip)])

/** @type {any} */
let repositories
/** @type {any} */
let reading
const bench = await openRuntime(database, async ({ worker }, opened) => {
  await postgres.migrate(opened, git.gitMigrations)
  repositories = postgres.createPostgresRepositoryStore({ database: opened })
  reading = { repositories, mirrors: git.createMirrors({ root: join(folder, "mirrors") }), lines: true }
  git.registerRepositoryJobs(worker, reading)
})

try {
  globalThis.gc?.()
  const idle = process.memoryUsage.rss()
  const everything = await register("everything")
  const historyOnly = await register("history-only")

  let largest = 0
  let largestChildren = 0
  const sampling = setInterval(() => {
    largest = Math.max(largest, process.memoryUsage.rss())
    largestChildren = Math.max(largestChildren, residentSetOfChildren())
  }, 250)
  const gitBefore = plainGit()
  const indexSeconds = await perform(git.indexRepository, everything)
  const gitBetween = plainGit()
  reading.lines = false
  const historySeconds = await perform(git.indexRepository, historyOnly)
  const gitAfter = plainGit()
  clearInterval(sampling)
  reading.lines = true
  if (real) execFileSync("git", ["-C", source, "update-ref", branch, tip])
  else await extendHistory(source, { commits: 100 })
  const updateSeconds = await perform(git.updateRepository, everything)

  const gitSeconds = (gitBefore + gitBetween) / 2
  console.log(
    JSON.stringify({
      ratio: indexSeconds / gitSeconds,
      historyRatio: historySeconds / ((gitBetween + gitAfter) / 2),
      ...{ indexSeconds, historySeconds, gitSeconds, updateSeconds },
      updateOverGoal: updateSeconds / (indexSeconds / 100 + 0.3),
      nodeMegabytes: largest / 2 ** 20,
      aboveIdleMegabytes: (largest - idle) / 2 ** 20,
      childrenMegabytes: largestChildren / 2 ** 20,
    }),
  )
} finally {
  await bench.close()
  rmSync(folder, { recursive: true, force: true })
}

/** @param {string} name */
async function register(name) {
  const { url, key } = git.parseRemoteUrl(source, { trusted: true })
  return (await repositories.create({ tenant: "default", url, key: `${key}#${name}`, name, trusted: true })).id
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
  const args = ["-C", source, "log", "--numstat", "-M50%", "--no-merges", branch]
  execFileSync("git", args, { stdio: ["ignore", "ignore", "inherit"] })
  return (performance.now() - startedAt) / 1000
}

/** Of all git processes that this one has started, in bytes. Nothing is started for it: that would stop the job meanwhile. */
function residentSetOfChildren() {
  if (process.platform !== "linux") return NaN
  let bytes = 0
  for (const thread of readdirSync("/proc/self/task")) {
    for (const child of readFileSync(`/proc/self/task/${thread}/children`, "utf8").split(" ").filter(Boolean)) {
      try {
        const status = readFileSync(`/proc/${child}/status`, "utf8")
        if (!status.startsWith("Name:\tgit")) continue
        bytes += Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024
      } catch {
        // It has ended in between.
      }
    }
  }
  return bytes
}

/** @param {string} commit */
function hundredBefore(commit) {
  const chain = ask(["rev-list", "--first-parent", "--max-count=101", commit]).split("\n")
  const before = chain.find((oid) => Number(ask(["rev-list", "--count", `${oid}..${commit}`])) >= 100)
  if (before === undefined) throw new Error("the repository has too few commits")
  return before
}

/** @param {string[]} args */
function ask(args) {
  return execFileSync("git", ["-C", source, ...args], { encoding: "utf8" }).trim()
}
