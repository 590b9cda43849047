import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { hostname } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { rootFolder } from "./workspace.mjs"

// Beside node_modules rather than inside it: an install may remove that folder.
const lockOfCheckout = join(rootFolder, ".bootstrap.lock")
const beatEvery = 2_000
const silentFor = 30_000

/**
 * Runs `work` while no other process prepares this checkout: two commands started at once would install and build into
 * the same folders.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @param {{ lockFile?: string }} [options]
 * @returns {Promise<T>}
 */
export async function oneAtATime(work, { lockFile = lockOfCheckout } = {}) {
  let told = false
  while (!take(lockFile)) {
    if (!told) process.stderr.write("Waiting for another command that is preparing this checkout …\n")
    told = true
    await sleep(200)
  }
  const release = () => {
    // Not if somebody took it away, thinking that we are gone: then it is theirs.
    if (look(lockFile)?.pid === process.pid) rmSync(lockFile, { force: true })
  }
  const heartbeat = setInterval(() => beat(lockFile), beatEvery)
  process.once("exit", release)
  try {
    return await work()
  } finally {
    clearInterval(heartbeat)
    process.off("exit", release)
    release()
  }
}

/** @param {string} lockFile */
function beat(lockFile) {
  try {
    utimesSync(lockFile, new Date(), new Date())
  } catch {
    // Removed by hand: the work goes on, only no longer protected.
  }
}

/**
 * @param {string} lockFile
 * @returns {boolean} whether the lock is ours
 */
function take(lockFile) {
  const mine = `${lockFile}.${process.pid}`
  // A link appears at once with its content, and only one process can make it.
  writeFileSync(mine, JSON.stringify({ pid: process.pid, host: hostname() }))
  try {
    linkSync(mine, lockFile)
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error
    removeStale(lockFile)
    return false
  } finally {
    rmSync(mine, { force: true })
  }
}

/**
 * Takes away the lock of a process that died without a word.
 *
 * @param {string} lockFile
 */
function removeStale(lockFile) {
  const before = look(lockFile)
  if (!before?.stale) return
  // Between the look and the removal another process may have done the same and taken the lock: look again once moved.
  const aside = `${lockFile}.${process.pid}.stale`
  try {
    renameSync(lockFile, aside)
    if (!look(aside)?.stale) linkSync(aside, lockFile)
  } catch {
    // Somebody else was quicker, and the next round finds out what came of it.
  }
  rmSync(aside, { force: true })
}

/** @param {string} file */
function look(file) {
  try {
    const silent = Date.now() - statSync(file).mtimeMs
    const { pid, host } = JSON.parse(readFileSync(file, "utf8"))
    return { pid, stale: silent > silentFor || (host === hostname() && !isAlive(pid)) }
  } catch {
    return undefined
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM"
  }
}
