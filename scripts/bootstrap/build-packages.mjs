import { existsSync } from "node:fs"
// As a whole: a Node too old to have availableParallelism would stop here, before it is told that it is too old.
import os from "node:os"
import { delimiter, join } from "node:path"
import { announce } from "./announce.mjs"
import { fingerprint, readStamp, writeStamp } from "./fingerprint.mjs"
import { runQuietly } from "./run-quietly.mjs"
import { promisedFiles, rootFolder, workspacePackages } from "./workspace.mjs"

/** @typedef {import("./workspace.mjs").WorkspacePackage} WorkspacePackage */

/**
 * Builds the packages whose sources changed since they were last built.
 *
 * @param {{ types: boolean }} options `types`: with declaration files, which are nearly all of the cost. A package's
 *   declarations are made from those of the packages it builds upon, so these come first; without types all are
 *   independent.
 * @returns {Promise<string[]>} names of the packages that were built
 */
export async function buildPackages({ types }) {
  const packages = workspacePackages(["packages"]).filter(({ manifest }) => manifest.scripts?.build)
  const prints = fingerprints(packages)
  const pending = packages.filter((entry) => !isBuilt(entry, prints, types))
  if (pending.length === 0) return []

  const done = announce(types ? "Building packages and their types" : "Building packages")
  // Without types each build is short, apart from one that has more to do and must not come last: let all begin.
  const slots = limit(types ? os.availableParallelism() : pending.length)
  /** @type {Map<string, Promise<void>>} */
  const builds = new Map()
  const build = (/** @type {WorkspacePackage} */ entry) => {
    const running = builds.get(entry.name) ?? start(entry)
    builds.set(entry.name, running)
    return running
  }
  const start = async (/** @type {WorkspacePackage} */ entry) => {
    if (types) await Promise.all(pending.filter(({ name }) => entry.dependencies.includes(name)).map(build))
    await slots(() => buildOne(entry, types))
    writeStamp(stampFile(entry), { ...prints.get(entry.name), types })
  }
  const results = await Promise.allSettled(pending.map(build))
  const failure = results.find((result) => result.status === "rejected")
  if (failure) throw failure.reason
  done()
  return pending.map(({ name }) => name)
}

/**
 * @param {WorkspacePackage} entry
 * @param {boolean} types
 */
async function buildOne(entry, types) {
  const { NO_DTS: _, ...env } = process.env
  await runQuietly(entry.manifest.scripts.build, [], {
    cwd: entry.folder,
    doing: `Building ${entry.name}`,
    shell: true,
    env: {
      ...env,
      ...(types ? {} : { NO_DTS: "1" }),
      PATH: [join(entry.folder, "node_modules/.bin"), join(rootFolder, "node_modules/.bin"), process.env.PATH].join(
        delimiter,
      ),
    },
  })
}

/**
 * @param {WorkspacePackage} entry
 * @param {Map<string, { own: string, withDependencies: string }>} prints
 * @param {boolean} types
 */
function isBuilt(entry, prints, types) {
  const stamp = readStamp(stampFile(entry))
  const print = prints.get(entry.name)
  if (stamp.own !== print?.own) return false
  if (types && !(stamp.types && stamp.withDependencies === print?.withDependencies)) return false
  return promisedFiles(entry.manifest)
    .filter((file) => types || !file.endsWith(".d.ts"))
    .every((file) => existsSync(join(entry.folder, file)))
}

/** @param {WorkspacePackage[]} packages */
function fingerprints(packages) {
  const recipe = fingerprint(
    ["tsup.base.ts", "tsconfig.base.json", "pnpm-lock.yaml"].map((name) => join(rootFolder, name)),
  )
  const notBuiltFrom = new Set(["dist", "node_modules", "test", "README.md", "CHANGELOG.md"])
  const own = new Map(
    packages.map(({ name, folder }) => [
      name,
      `${recipe}-${fingerprint([folder], { without: (entry) => notBuiltFrom.has(entry) })}`,
    ]),
  )
  const withDependencies = (/** @type {string} */ name) => {
    /** @type {Set<string>} */
    const seen = new Set()
    const visit = (/** @type {string} */ current) => {
      if (seen.has(current)) return
      seen.add(current)
      packages.find((entry) => entry.name === current)?.dependencies.forEach(visit)
    }
    visit(name)
    return [...seen]
      .sort()
      .map((each) => own.get(each))
      .join(" ")
  }
  return new Map(
    packages.map(({ name }) => [name, { own: own.get(name) ?? "", withDependencies: withDependencies(name) }]),
  )
}

/** @param {WorkspacePackage} entry */
function stampFile(entry) {
  return join(rootFolder, "node_modules/.cache/assay", `${entry.path.replaceAll("/", "-")}.json`)
}

/**
 * @param {number} count
 * @returns {<T>(work: () => Promise<T>) => Promise<T>} runs `work` when fewer than `count` others are running
 */
function limit(count) {
  let free = count
  /** @type {(() => void)[]} */
  const waiting = []
  return async (work) => {
    if (free > 0) free--
    else await new Promise((resolve) => waiting.push(() => resolve(undefined)))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free++
    }
  }
}
