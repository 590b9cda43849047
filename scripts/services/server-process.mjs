import { spawn } from "node:child_process"
import { once } from "node:events"
import { Problem } from "../bootstrap/problem.mjs"

/** @typedef {import("./owner.mjs").Owner} Owner */

const keptOutput = 20_000
const stopWithin = 10_000

/**
 * Runs a program of the server to its end.
 *
 * @param {Owner} owner
 * @param {string} program
 * @param {string[]} args
 */
export async function runAs(owner, program, args) {
  const child = launch(owner, program, args)
  const output = collect(child)
  const [code] = await once(child, "close")
  if (code !== 0) throw new Problem(`${program} failed:\n${output()}`)
}

/**
 * Starts a server and waits until it says that it can be used.
 *
 * @param {Owner} owner
 * @param {string} program
 * @param {string[]} args
 * @param {{ ready: string, stopSignal: NodeJS.Signals }} options `ready`: what it then logs
 * @returns {Promise<{ started: boolean, output: string, stop: () => Promise<void> }>} `started` is false when it ended
 *   before that
 */
export async function startServer(owner, program, args, { ready, stopSignal }) {
  const child = launch(owner, program, args)
  const output = collect(child)
  const closed = once(child, "close")
  const stop = async () => {
    child.kill(stopSignal)
    const giveUp = setTimeout(() => child.kill("SIGKILL"), stopWithin)
    await closed
    clearTimeout(giveUp)
  }
  const isReady = new Promise((resolve) => {
    const look = () => {
      if (output().includes(ready)) resolve(true)
    }
    child.stdout.on("data", look)
    child.stderr.on("data", look)
  })
  const started = await Promise.race([isReady, closed.then(() => false)])
  return { started, output: output(), stop }
}

/**
 * @param {Owner} owner
 * @param {string} program
 * @param {string[]} args
 */
function launch(owner, program, args) {
  return spawn(program, args, {
    ...owner,
    // The checkout may be out of bounds for that user.
    cwd: "/",
    env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" },
    stdio: ["ignore", "pipe", "pipe"],
  })
}

/** @param {import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, import("node:stream").Readable>} child */
function collect(child) {
  let text = ""
  const add = (/** @type {Buffer} */ chunk) => {
    text = (text + chunk.toString()).slice(-keptOutput)
  }
  child.stdout.on("data", add)
  child.stderr.on("data", add)
  child.on("error", (error) => add(Buffer.from(error.message)))
  return () => text
}
