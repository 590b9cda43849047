import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { Problem } from "../bootstrap/problem.mjs"

const keeper = fileURLToPath(new URL("keep-services.mjs", import.meta.url))

/**
 * Starts every service that the tests need, in a process of its own that outlives any sudden end of this one just long
 * enough to clean up.
 *
 * @param {NodeJS.ProcessEnv} [environment] may offer servers that run already
 * @returns {Promise<{ environment: Record<string, string>, folder: string, stop: () => Promise<void> }>} variables for the
 *   tests, among them a TMPDIR that is removed with everything in it; `folder` holds all of it
 */
export async function startServices(environment = process.env) {
  const child = spawn(process.execPath, [keeper], {
    env: environment,
    stdio: ["pipe", "pipe", "inherit"],
    // A group of its own: Ctrl-C is for the test run, which then says when the services may go.
    detached: true,
  })
  const exited = once(child, "exit")
  const stop = async () => {
    child.stdin.end()
    await exited
  }
  const [line] = await Promise.race([once(createInterface(child.stdout), "line"), exited.then(() => ["{}"])])
  const answer = JSON.parse(line)
  if (!answer.environment) {
    await stop()
    throw new Problem(answer.problem ?? "The services that the tests need did not start.")
  }
  return { environment: answer.environment, folder: answer.folder, stop }
}
