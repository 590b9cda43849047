import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"

/**
 * Installs a package where that needs nobody's leave: as root, on a system that has apt-get.
 *
 * @param {string} name
 * @returns {Promise<boolean>} whether it is installed now
 */
export async function aptInstall(name) {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false
  process.stderr.write(`Installing ${name} with apt-get …\n`)
  const install = ["install", "--yes", "--no-install-recommends", name]
  return apt(install) || (apt(["update"]) && apt(install))
}

/** @param {string[]} args */
function apt(args) {
  const result = spawnSync("/usr/bin/apt-get", args, {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
  })
  if (result.status !== 0) process.stderr.write(`${result.stderr}`)
  return result.status === 0
}
