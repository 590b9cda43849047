import { randomBytes } from "node:crypto"
import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Problem } from "../bootstrap/problem.mjs"
import { findServer } from "../services/find-server.mjs"
import { freePort } from "../services/free-port.mjs"
import { ownerFor } from "../services/owner.mjs"
import { runAs, startServer } from "../services/server-process.mjs"

/**
 * A server that can die and come back: on the same port, with the same files.
 *
 * @typedef {object} Server
 * @property {number} port
 * @property {string} url
 * @property {() => Promise<void>} kill resolves when it is gone
 * @property {() => Promise<void>} start resolves when it can be used again
 */

const postgresPrograms = {
  programs: ["initdb", "postgres"],
  places: ["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin"],
}
const redisPrograms = {
  programs: ["redis-server"],
  places: ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/homebrew/opt/redis*/bin"],
}

/** Whether this machine has what can be started and killed: a server elsewhere, or in a container, is not ours to kill. */
export function canKillServers() {
  return [postgresPrograms, redisPrograms].every(({ programs, places }) => findServer(programs, places) !== undefined)
}

/**
 * PostgreSQL, killed by an immediate shutdown: no connection is told, nothing is written, and the next start recovers.
 *
 * @param {string} parent
 * @returns {Promise<Server>}
 */
export async function startPostgres(parent) {
  const binaries = found("PostgreSQL", postgresPrograms)
  const folder = join(parent, "postgres")
  mkdirSync(folder)
  const owner = ownerFor("postgres", folder)
  const password = randomBytes(12).toString("hex")
  const passwordFile = join(folder, "password")
  writeFileSync(passwordFile, password, { mode: 0o644 })
  const data = join(folder, "data")
  await runAs(owner, join(binaries, "initdb"), [
    ...["--pgdata", data, "--username", "assay", "--pwfile", passwordFile, "--auth", "scram-sha-256"],
    ...["--encoding", "UTF8", "--no-locale", "--no-sync"],
  ])
  rmSync(passwordFile)
  const port = await freePort()
  const start = () =>
    startServer(
      owner,
      join(binaries, "postgres"),
      [
        ...["-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
        ...["-c", "max_connections=200"],
      ],
      { ready: "database system is ready to accept connections", stopSignal: "SIGQUIT" },
    )
  return restartable(`postgres://assay:${password}@127.0.0.1:${port}/postgres`, port, start)
}

/**
 * Redis without a disk, killed by SIGKILL: it comes back empty.
 *
 * @param {string} parent
 * @returns {Promise<Server>}
 */
export async function startRedis(parent) {
  const binaries = found("Redis", redisPrograms)
  const folder = join(parent, "redis")
  mkdirSync(folder)
  const owner = ownerFor("redis", folder)
  const port = await freePort()
  const start = () =>
    startServer(
      owner,
      join(binaries, "redis-server"),
      ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"],
      { ready: "Ready to accept connections", stopSignal: "SIGKILL" },
    )
  return restartable(`redis://127.0.0.1:${port}`, port, start)
}

/**
 * @param {string} name
 * @param {{ programs: string[], places: string[] }} where
 */
function found(name, { programs, places }) {
  const folder = findServer(programs, places)
  if (folder) return folder
  throw new Problem(`The chaos run kills ${name} itself, and finds no ${programs.join(" and ")} to start.`)
}

/**
 * @param {string} url
 * @param {number} port
 * @param {() => ReturnType<typeof startServer>} launch
 * @returns {Promise<Server>}
 */
async function restartable(url, port, launch) {
  /** @type {Awaited<ReturnType<typeof startServer>> | undefined} */
  let running
  const start = async () => {
    running = await launch()
    if (!running.started) throw new Problem(`A server did not start:\n${running.output}`)
  }
  await start()
  return {
    port,
    url,
    start,
    async kill() {
      const dying = running
      running = undefined
      await dying?.stop()
    },
  }
}
