// `npm run test:websocket`: a stand-in for Potpie, `assay serve` as it is published, and the example that watches an analysis
// from beginning to end. On free ports, in a folder of its own; nothing of it is left, and nothing leaves the machine.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { prepare } from "./bootstrap/prepare.mjs"
import { exitWith, Problem } from "./bootstrap/problem.mjs"
import { rootFolder } from "./bootstrap/workspace.mjs"

const startMs = 60_000
const watchMs = 120_000
const question = "Explain the architecture"
const answer = "Components render elements, and a reconciler makes a screen of them."

await run().catch(exitWith)

async function run() {
  await prepare({ types: false })
  const { createFakePotpie } = await import("#fake-potpie")
  const fake = await createFakePotpie({ answers: [{ text: answer, delayMs: 500 }] })
  const folder = await mkdtemp(join(tmpdir(), "assay-websocket-"))
  /** @type {Service | undefined} */
  let service
  try {
    service = await start(["packages/assay/dist/cli.js", "serve", "--data-dir", join(folder, "data")], folder, {
      ...{ POTPIE_API_KEY: fake.apiKey, POTPIE_BASE_URL: fake.url },
      // The repository is not fetched: there is no way out. Potpie is asked about its branch instead.
      ASSAY_GIT_PROXY: `http://127.0.0.1:${await freePort()}`,
    })
    const { potpie_api: potpie } = await getJson(`${service.url}/health`)
    check(potpie === "connected", `/health says that Potpie is ${potpie}`)
    const { code, output } = await watch(["--url", service.url, "facebook/react", "main", question], folder)
    check(code === 0, `the watching client ended with ${code}`)
    for (const word of ["finished", "Analysis finished!", answer])
      check(output.includes(word), `it never said "${word}"`)
    const [, id] = /^Project ([^\s,]+)/m.exec(output) ?? []
    const status = await getJson(`${service.url}/status/${id}`)
    check(status["status"] === "finished", `/status/${id} says ${status["status"]}`)
    check(status["progress"] === 100 && status["data"] !== undefined, `/status/${id} has no result`)
    const { stats } = await getJson(`${service.url}/queue/stats`)
    check(/** @type {{ completed: number }} */ (stats).completed === 1, "/queue/stats has not counted it")
    check(fake.billed === 1, `Potpie was asked ${fake.billed} times`)
    console.log("\nThe API, the worker and the live updates work together.")
  } finally {
    if (service) await stop(service)
    await fake.close()
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }
}

/** @typedef {{ child: import("node:child_process").ChildProcess, url: string, output: () => string }} Service */

/**
 * @param {string[]} args
 * @param {string} cwd
 * @param {Record<string, string>} [more]
 * @returns {Promise<Service>}
 */
async function start([script = "", ...args], cwd, more = {}) {
  const port = await freePort()
  const child = spawn(process.execPath, [join(rootFolder, script), ...args], {
    cwd,
    env: { ...plainEnvironment(), PORT: String(port), HOST: "127.0.0.1", ...more },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let output = ""
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += String(chunk)))
  const service = { child, url: `http://127.0.0.1:${port}`, output: () => output }
  const until = Date.now() + startMs
  for (;;) {
    if (child.exitCode !== null) throw new Problem(`The service ended with ${child.exitCode}:\n${output}`)
    if (
      await fetch(`${service.url}/livez`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return service
    if (Date.now() > until) {
      await stop(service)
      throw new Problem(`The service did not answer within ${startMs / 1000} s:\n${output}`)
    }
    await pause(100)
  }
}

/** @param {Service} service */
async function stop({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, "exit")
  child.kill("SIGTERM")
  if ((await Promise.race([gone, pause(20_000, "late", { ref: false })])) === "late") child.kill("SIGKILL")
  await gone
}

/**
 * @param {string[]} args
 * @param {string} cwd
 */
async function watch(args, cwd) {
  const script = join(rootFolder, "examples/watch/watch.js")
  const child = spawn(process.execPath, [script, ...args], {
    ...{ cwd, env: plainEnvironment(), timeout: watchMs },
    stdio: ["ignore", "pipe", "inherit"],
  })
  let output = ""
  child.stdout.on("data", (chunk) => {
    output += String(chunk)
    process.stdout.write(chunk)
  })
  const [code] = /** @type {[number | null]} */ (await once(child, "close"))
  return { code, output }
}

/** Of the settings of whoever runs this, none. */
function plainEnvironment() {
  const { PATH, HOME, TMPDIR } = process.env
  return { PATH, HOME, TMPDIR }
}

/** @param {string} url @returns {Promise<Record<string, unknown>>} */
async function getJson(url) {
  return /** @type {Record<string, unknown>} */ (await (await fetch(url)).json())
}

/** @param {boolean} holds @param {string} otherwise */
function check(holds, otherwise) {
  if (!holds) throw new Problem(`It does not work: ${otherwise}.`)
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address())
  server.close()
  await once(server, "close")
  return port
}
