import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** The other tools that numbers are compared with where they are installed. */
export function peerTools() {
  return ["github-linguist", "cloc"].map((name) => ({
    name,
    about: isInstalled(name)
      ? `compared (${run(name, ["--version"]).trim().split("\n")[0]}); see the rows above`
      : "not installed here, so it was not asked",
  }))
}

/**
 * Bytes by language as github-linguist counts them, and lines as cloc does, for what is installed.
 *
 * @param {string} path
 * @param {{ commit: string, read: any }} ours
 * @returns {Promise<[label: string, ours: Map<string, any>, theirs: Map<string, any>][]>}
 */
export async function compareWithLinguist(path, { commit, read }) {
  /** @type {[string, Map<string, any>, Map<string, any>][]} */
  const compared = []
  const folder = mkdtempSync(join(tmpdir(), "assay-peers-"))
  try {
    if (isInstalled("github-linguist") || isInstalled("cloc")) {
      run("git", ["clone", "-q", "--no-checkout", "--shared", path, folder])
      run("git", ["-C", folder, "checkout", "-q", "--detach", commit])
    }
    if (isInstalled("github-linguist")) {
      const theirs = JSON.parse(run("github-linguist", ["--json", folder]))
      const { rows } = await read("languages")
      const bytes = Object.entries(theirs).map(([language, { size }]) => [language, Number(size)])
      compared.push([
        "bytes of each language (github-linguist)",
        new Map(rows.map((/** @type {any} */ row) => [row.language, row.bytes])),
        new Map(/** @type {[string, number][]} */ (bytes)),
      ])
    }
    if (isInstalled("cloc")) {
      const theirs = JSON.parse(run("cloc", ["--by-file", "--json", "--skip-uniqueness", "--quiet", folder]))
      const { rows } = await read("files")
      const sloc = new Map(rows.map((/** @type {any} */ row) => [row.path, row.sloc]))
      const known = Object.entries(theirs).flatMap(([file, { code, comment }]) =>
        file.startsWith(`${folder}/`) ? [[file.slice(folder.length + 1), code + comment]] : [],
      )
      compared.push([
        "lines that are not blank (cloc)",
        new Map(known.map(([file]) => [file, sloc.get(file)])),
        new Map(/** @type {[string, number][]} */ (known)),
      ])
    }
    return compared
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {string} name */
function isInstalled(name) {
  return spawnSync("sh", ["-c", `command -v ${name}`]).status === 0
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 2 ** 30 })
  if (status !== 0) throw new Error(`${command} failed: ${stderr.slice(0, 1000)}`)
  return stdout
}
