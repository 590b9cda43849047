import { randomBytes } from "node:crypto"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { aptInstall } from "./apt-install.mjs"
import { checkAnswers } from "./check-answers.mjs"
import { dockerAnswers, startContainer } from "./docker.mjs"
import { findServer } from "./find-server.mjs"
import { freePort } from "./free-port.mjs"
import { ownerFor } from "./owner.mjs"
import { runAs, startServer } from "./server-process.mjs"
import { Problem } from "../bootstrap/problem.mjs"

const folders = [
  "/usr/lib/postgresql/*/bin",
  "/usr/pgsql-*/bin",
  "/opt/homebrew/opt/postgresql*/bin",
  "/usr/local/opt/postgresql*/bin",
]
const find = () => findServer(["initdb", "postgres"], folders)

/** @type {import("./services.mjs").Service} */
export const postgres = {
  name: "postgres",
  givenBy: "DATABASE_URL",
  announcedAs: "ASSAY_TEST_DATABASE_URL",
  check: (url) => checkAnswers(url, { variable: "DATABASE_URL", port: 5432 }),
  async start(folder) {
    const installed = find() ?? (aptInstall("postgresql") ? find() : undefined)
    if (installed) return startInstalled(installed, folder)
    if (dockerAnswers()) return startInContainer()
    throw new Problem(
      "The tests need a PostgreSQL server, and this machine has none. Any of these will do:\n" +
        "  install one (Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql)\n" +
        "  start Docker\n" +
        "  set DATABASE_URL to a server on which databases may be created and dropped",
    )
  },
}

/**
 * @param {string} binaries the folder of initdb and postgres
 * @param {string} folder
 */
async function startInstalled(binaries, folder) {
  const owner = ownerFor("postgres", folder)
  const password = randomBytes(12).toString("hex")
  const passwordFile = join(folder, "password")
  const data = join(folder, "data")
  writeFileSync(passwordFile, password, { mode: 0o644 })
  await runAs(owner, join(binaries, "initdb"), [
    ...["--pgdata", data, "--username", "assay", "--pwfile", passwordFile, "--auth", "scram-sha-256"],
    ...["--encoding", "UTF8", "--no-locale", "--no-sync"],
  ])
  rmSync(passwordFile)

  // Between finding a free port and listening on it somebody else may take it.
  for (let tries = 1; ; tries++) {
    const port = await freePort()
    const server = await startServer(
      owner,
      join(binaries, "postgres"),
      [
        ...["-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="],
        ...["-c", "max_connections=200"],
      ],
      { ready: "database system is ready to accept connections", stopSignal: "SIGINT" },
    )
    if (server.started) return { url: url(password, port), stop: server.stop }
    if (tries === 5 || !server.output.includes("Address already in use")) {
      throw new Problem(`PostgreSQL did not start:\n${server.output}`)
    }
  }
}

async function startInContainer() {
  const password = randomBytes(12).toString("hex")
  const container = await startContainer("postgres:17-alpine", {
    port: 5432,
    environment: { POSTGRES_USER: "assay", POSTGRES_PASSWORD: password, POSTGRES_DB: "postgres" },
    command: ["-c", "max_connections=200"],
    // The image starts a server to prepare the data, stops it, and starts the one that stays.
    ready: { text: "database system is ready to accept connections", times: 2 },
  })
  return { url: url(password, container.port), stop: container.stop }
}

/**
 * @param {string} password
 * @param {number} port
 */
function url(password, port) {
  return `postgres://assay:${password}@127.0.0.1:${port}/postgres`
}
