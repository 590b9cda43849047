import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"

/**
 * Installs a package where that needs nobody's leave: as root, on a system that has apt-get.
 *
 * @param {string} name
 * @returns {boolean} whether it is installed now
 */
export function aptInstall(name) {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false
  process.stderr.write(`Installing ${name} with apt-get …\n`)
  const install = ["install", "--yes", "--no-install-recommends", name]
  if (apt(install).done) return true
  // A fresh container knows no package until its lists are fetched.
  const attempts = [apt(["update"]), apt(install)]
  if (attempts[1]?.done) return true
  for (const { errors } of attempts) process.stderr.write(errors)
  return false
}

/** @param {string[]} args */
function apt(args) {
  const result = spawnSync("/usr/bin/apt-get", args, {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  })
  return { done: result.status === 0, errors: result.stderr }
}
