import { join } from "node:path"
import { aptInstall } from "./apt-install.mjs"
import { checkAnswers } from "./check-answers.mjs"
import { dockerAnswers, startContainer } from "./docker.mjs"
import { findServer } from "./find-server.mjs"
import { freePort } from "./free-port.mjs"
import { ownerFor } from "./owner.mjs"
import { startServer } from "./server-process.mjs"
import { Problem } from "../bootstrap/problem.mjs"

const folders = ["/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/homebrew/opt/redis*/bin"]
const find = () => findServer(["redis-server"], folders)

/** @type {import("./services.mjs").Service} */
export const redis = {
  name: "redis",
  givenBy: "REDIS_URL",
  announcedAs: "ASSAY_TEST_REDIS_URL",
  check: (url) => checkAnswers(url, { variable: "REDIS_URL", port: 6379 }),
  async start(folder) {
    const installed = find() ?? (aptInstall("redis-server") ? find() : undefined)
    if (installed) return startInstalled(installed, folder)
    if (dockerAnswers()) return startInContainer()
    throw new Problem(
      "The tests need a Redis server, and this machine has none. Any of these will do:\n" +
        "  install one (Debian, Ubuntu: apt-get install redis-server; macOS: brew install redis)\n" +
        "  start Docker\n" +
        "  set REDIS_URL to a server in which keys that begin with {test- may come and go",
    )
  },
}

/**
 * @param {string} binaries the folder of redis-server
 * @param {string} folder
 */
async function startInstalled(binaries, folder) {
  const owner = ownerFor("redis", folder)
  // Between finding a free port and listening on it somebody else may take it.
  for (let tries = 1; ; tries++) {
    const port = await freePort()
    const server = await startServer(
      owner,
      join(binaries, "redis-server"),
      ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"],
      { ready: "Ready to accept connections", stopSignal: "SIGTERM" },
    )
    if (server.started) return { url: `redis://127.0.0.1:${port}`, stop: server.stop }
    if (tries === 5 || !server.output.includes("Address already in use")) {
      throw new Problem(`Redis did not start:\n${server.output}`)
    }
  }
}

async function startInContainer() {
  const container = await startContainer("redis:8-alpine", {
    port: 6379,
    environment: {},
    command: ["redis-server", "--save", "", "--appendonly", "no"],
    ready: { text: "Ready to accept connections", times: 1 },
  })
  return { url: `redis://127.0.0.1:${container.port}`, stop: container.stop }
}
