import { spawnSync } from "node:child_process"
import { Problem } from "./problem.mjs"

const leastNode = [20, 19]
const leastGit = [2, 37]

/** Refuses, in one sentence each, a Node or a git that is missing or too old. */
export function requireTools() {
  if (isOlder(process.versions.node, leastNode)) {
    throw new Problem(
      `Assay needs Node ${leastNode.join(".")} or newer; this is Node ${process.versions.node}. Install a newer one from https://nodejs.org.`,
    )
  }
  const answer = spawnSync("git", ["--version"], { encoding: "utf8" })
  const version = /\d+(\.\d+)+/.exec(answer.stdout || "")
  if (answer.error || answer.status !== 0 || !version) {
    throw new Problem(`Assay needs git ${leastGit.join(".")} or newer, and no git answers on this machine's PATH.`)
  }
  if (isOlder(version[0], leastGit)) {
    throw new Problem(`Assay needs git ${leastGit.join(".")} or newer; this machine has git ${version[0]}.`)
  }
}

/**
 * @param {string} version
 * @param {number[]} least
 */
export function isOlder(version, least) {
  const parts = version.split(".").map(Number)
  for (let index = 0; index < least.length; index++) {
    const part = parts[index] || 0
    const wanted = least[index] || 0
    if (part !== wanted) return part < wanted
  }
  return false
}
