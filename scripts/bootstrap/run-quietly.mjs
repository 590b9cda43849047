import { spawn } from "node:child_process"
import { constants } from "node:os"
import { Problem } from "./problem.mjs"

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set()

/**
 * Runs a command and keeps its output to itself, unless it fails. A signal to this process ends the command and all that
 * it started, so that nothing goes on installing or building behind the back of somebody who pressed Ctrl-C.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, doing: string, env?: NodeJS.ProcessEnv, shell?: boolean }} options `doing` completes "… failed"
 * @returns {Promise<string>} what the command printed
 */
export function runQuietly(command, args, { cwd, doing, env = process.env, shell = false }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, shell, detached: true, stdio: ["ignore", "pipe", "pipe"] })
    /** @type {Buffer[]} */
    const output = []
    child.stdout.on("data", (chunk) => output.push(chunk))
    child.stderr.on("data", (chunk) => output.push(chunk))
    running.add(child)
    if (running.size === 1) listen()
    const settle = () => {
      running.delete(child)
      if (running.size === 0) stopListening()
    }
    child.on("error", (error) => {
      settle()
      reject(new Problem(`${doing} failed: ${error.message}`, { cause: error }))
    })
    child.on("close", (code, signal) => {
      settle()
      const text = Buffer.concat(output).toString()
      if (code === 0) resolve(text)
      else reject(new Problem(`${text.trimEnd()}\n\n${doing} failed (${signal ?? `exit code ${code}`}): see above.`))
    })
  })
}

/** @type {NodeJS.Signals[]} */
const endings = ["SIGINT", "SIGTERM", "SIGHUP"]

function listen() {
  for (const signal of endings) process.on(signal, endAll)
}

function stopListening() {
  for (const signal of endings) process.off(signal, endAll)
}

/** @param {NodeJS.Signals} signal */
function endAll(signal) {
  for (const { pid } of running) if (pid !== undefined) process.kill(-pid, "SIGTERM")
  process.exit(128 + constants.signals[signal])
}
