import { spawnSync } from "node:child_process"
import { chownSync } from "node:fs"
import { Problem } from "../bootstrap/problem.mjs"

/**
 * Who is to run a server. Root may not: PostgreSQL refuses it, and a test server has no business with such power.
 *
 * @typedef {{ uid?: number, gid?: number }} Owner
 */

/**
 * The system's user for a server if there is one, else nobody; when this process is not root, whoever runs it. The folder
 * is made theirs.
 *
 * @param {string} user
 * @param {string} folder
 * @returns {Owner}
 */
export function ownerFor(user, folder) {
  if (process.getuid?.() !== 0) return {}
  const owner = lookUp(user) ?? lookUp("nobody")
  if (!owner)
    throw new Problem(`Neither ${user} nor nobody is a user of this machine, and the server may not run as root.`)
  chownSync(folder, owner.uid, owner.gid)
  if (spawnSync("ls", [folder], { ...owner, stdio: "ignore", cwd: "/" }).status !== 0) {
    throw new Problem(`The user ${user} cannot get at ${folder}. Set TMPDIR to a folder that everybody may enter.`)
  }
  return owner
}

/** @param {string} user */
function lookUp(user) {
  const ask = (/** @type {string} */ option) => spawnSync("id", [option, user], { encoding: "utf8" })
  const [uid, gid] = [ask("-u"), ask("-g")]
  if (uid.status !== 0 || gid.status !== 0) return undefined
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
}
