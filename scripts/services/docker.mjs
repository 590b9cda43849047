import { spawnSync } from "node:child_process"
import { setTimeout as sleep } from "node:timers/promises"
import { Problem } from "../bootstrap/problem.mjs"

const readyWithin = 120_000

export function dockerAnswers() {
  return spawnSync("docker", ["info"], { stdio: "ignore", timeout: 10_000 }).status === 0
}

/**
 * Runs a server in a container that leaves nothing behind when it is stopped.
 *
 * @param {string} image
 * @param {object} options
 * @param {number} options.port inside the container; a free one of the loopback interface leads to it
 * @param {Record<string, string>} options.environment
 * @param {string[]} options.command
 * @param {{ text: string, times: number }} options.ready what the server logs, and how often, once it can be used
 * @returns {Promise<{ port: number, stop: () => Promise<void> }>}
 */
export async function startContainer(image, { port, environment, command, ready }) {
  process.stderr.write(`Starting ${image} with Docker …\n`)
  const id = docker(
    ...["run", "--detach", "--rm", "--publish", `127.0.0.1::${port}`],
    ...Object.entries(environment).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
    ...[image, ...command],
  ).trim()
  const stop = async () => {
    spawnSync("docker", ["kill", id], { stdio: "ignore" })
  }
  const until = Date.now() + readyWithin
  while (docker("logs", id).split(ready.text).length - 1 < ready.times) {
    if (Date.now() > until) {
      await stop()
      throw new Problem(`The container of ${image} was not ready within ${readyWithin / 1000} seconds.`)
    }
    await sleep(200)
  }
  const address = docker("port", id, `${port}/tcp`).trim()
  return { port: Number(address.slice(address.lastIndexOf(":") + 1)), stop }
}

/** @param {string[]} args */
function docker(...args) {
  const result = spawnSync("docker", args, { encoding: "utf8" })
  if (result.status !== 0) throw new Problem(`docker ${args[0]} failed:\n${result.stderr}`)
  // A server may log to either.
  return args[0] === "logs" ? result.stdout + result.stderr : result.stdout
}
