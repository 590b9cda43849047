import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"

/** The folder of the checkout. */
export const rootFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/**
 * @typedef {object} WorkspacePackage
 * @property {string} name as in its package.json
 * @property {string} folder absolute
 * @property {string} path relative to the root, with forward slashes
 * @property {Record<string, any>} manifest
 * @property {string[]} dependencies names of the packages of this workspace that it builds upon
 */

/**
 * The published packages and the examples, in the order of their folders.
 *
 * @param {("packages" | "examples")[]} parents
 * @returns {WorkspacePackage[]}
 */
export function workspacePackages(parents = ["packages", "examples"]) {
  const found = parents.flatMap((parent) => {
    if (!existsSync(join(rootFolder, parent))) return []
    return readdirSync(join(rootFolder, parent))
      .map((name) => ({ path: `${parent}/${name}`, folder: join(rootFolder, parent, name) }))
      .filter(({ folder }) => existsSync(join(folder, "package.json")))
      .map((entry) => ({ ...entry, manifest: readJson(join(entry.folder, "package.json")) }))
  })
  const names = new Set(found.map(({ manifest }) => manifest.name))
  return found.map((entry) => ({
    ...entry,
    name: entry.manifest.name,
    dependencies: Object.keys({ ...entry.manifest.dependencies, ...entry.manifest.peerDependencies }).filter((name) =>
      names.has(name),
    ),
  }))
}

/** @returns {string} for `npx`, such as `pnpm@1.2.3`: the version that the root package.json asks for. */
export function pnpmPackage() {
  return readJson(join(rootFolder, "package.json")).packageManager
}

/**
 * @param {string} file
 * @returns {any}
 */
export function readJson(file) {
  return JSON.parse(readFileSync(file, "utf8"))
}

/**
 * Every file that the `exports` and `bin` of a package promise.
 *
 * @param {Record<string, any>} manifest
 * @returns {string[]} paths relative to the package's folder, inside dist
 */
export function promisedFiles(manifest) {
  /** @type {Set<string>} */
  const files = new Set()
  const visit = (/** @type {unknown} */ value) => {
    if (typeof value === "string" && value.startsWith("./dist/")) files.add(value)
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(visit)
  }
  visit([manifest.exports, manifest.bin, manifest.main, manifest.types])
  return [...files]
}
