import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"

/** What we measure ourselves against: the newest of each that run on Node 20. */
const versions = { bullmq: "6.7.0", ioredis: "6.0.0", pg: "8.23.1", "pg-boss": "10.4.2", "graphile-worker": "0.17.3" }

/** Not a dependency of the project: nobody but this measurement needs them. The test run's TMPDIR is removed in the end. */
const folder = join(tmpdir(), "assay-bench-rivals")

/**
 * @param {Exclude<keyof typeof versions, "ioredis">} name
 * @returns {Promise<any>}
 */
export async function importRival(name) {
  if (!existsSync(join(folder, "node_modules", name))) install()
  const path = createRequire(join(folder, "package.json")).resolve(name)
  const module = await import(pathToFileURL(path).href)
  return module.default?.[Object.keys(module.default)[0] ?? ""] === undefined
    ? module
    : { ...module.default, ...module }
}

function install() {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: versions }))
  const { status, stderr } = spawnSync("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock"], {
    cwd: folder,
    encoding: "utf8",
  })
  if (status !== 0) throw new Error(`The libraries to compare with could not be installed:\n${stderr}`)
}
