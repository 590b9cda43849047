// Starts the services of a test run and keeps them for exactly as long as its standard input is open. The run holds the
// other end, so however it ends (finished, interrupted, killed), the services stop and their folder goes.
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Problem } from "../bootstrap/problem.mjs"
import { services } from "./services.mjs"

const folder = makeFolder(tmpdir(), "assay-test-")

/** @type {import("./services.mjs").RunningService[]} */
const running = []
/** @type {Promise<void> | undefined} */
let stopping

function stop() {
  stopping ??= (async () => {
    await Promise.allSettled(running.map((service) => service.stop()))
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  })()
  return stopping
}

// Ctrl-C goes to the test run, which closes our standard input when it is done with us.
process.on("SIGINT", () => {})
process.on("SIGHUP", () => {})
process.on("SIGTERM", () => void stop().then(() => process.exit(0)))
process.stdin.resume()
process.stdin.on("end", () => void started.then(stop).then(() => process.exit(0)))

/** @param {Record<string, unknown>} message */
const answer = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)

const started = start()

async function start() {
  try {
    /** @type {Record<string, string>} */
    const environment = { TMPDIR: makeFolder(folder, "tmp-") }
    for (const service of services) {
      const given = process.env[service.givenBy]
      if (given) {
        await service.check(given)
        environment[service.announcedAs] = given
      } else {
        const instance = await service.start(makeFolder(folder, `${service.name}-`))
        running.push(instance)
        environment[service.announcedAs] = instance.url
      }
    }
    answer({ environment, folder })
  } catch (error) {
    answer({ problem: error instanceof Problem ? error.message : String(/** @type {Error} */ (error).stack) })
    await stop()
    process.exitCode = 1
    process.stdin.destroy()
  }
}

/**
 * @param {string} parent
 * @param {string} prefix
 */
function makeFolder(parent, prefix) {
  const made = mkdtempSync(join(parent, prefix))
  // The servers may run as another user and have to pass through.
  chmodSync(made, 0o711)
  return made
}
