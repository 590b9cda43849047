import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { rootFolder } from "./workspace.mjs"

/**
 * A hash over names and contents. Contents rather than modification times: a fresh checkout, a copy or a `touch` changes
 * the times and nothing else, and a thousand small files are read in a few hundredths of a second.
 *
 * @param {string[]} paths files, and folders that are read whole
 * @param {{ without?: (name: string) => boolean }} [options] names of files and folders to leave out
 */
export function fingerprint(paths, { without = () => false } = {}) {
  const hash = createHash("sha256")
  const visit = (/** @type {string} */ path) => {
    const name = relative(rootFolder, path)
    if (!existsSync(path)) {
      hash.update(`missing ${name}\0`)
    } else if (statSync(path).isDirectory()) {
      for (const entry of readdirSync(path).sort()) if (!without(entry)) visit(join(path, entry))
    } else {
      const content = readFileSync(path)
      hash.update(`${name}\0${content.length}\0`).update(content)
    }
  }
  paths.forEach(visit)
  return hash.digest("hex")
}

/**
 * @param {string} file
 * @returns {Record<string, any>} empty when the stamp is missing or unreadable: the work is then done again
 */
export function readStamp(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return {}
  }
}

/**
 * @param {string} file
 * @param {Record<string, unknown>} stamp
 */
export function writeStamp(file, stamp) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${JSON.stringify(stamp)}\n`)
}
