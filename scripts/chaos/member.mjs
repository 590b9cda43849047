import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"

/**
 * One process of the service under test, which is started again as often as it is killed.
 *
 * @typedef {object} Member
 * @property {string} name
 * @property {() => Promise<void>} start resolves when it has begun to work, or has died
 * @property {() => Promise<void>} kill SIGKILL; resolves when it is gone
 * @property {(signal: "SIGSTOP" | "SIGCONT") => void} send
 * @property {() => number | undefined} pid
 * @property {{ refused: number, died: number }} seen writes that the store refused, and ends that nobody asked for
 * @property {() => string} complaints the latest of what it wrote to stderr
 */

/**
 * @param {string} name
 * @param {"api" | "worker"} script
 * @param {Record<string, string>} environment
 * @returns {Member}
 */
export function createMember(name, script, environment) {
  const path = fileURLToPath(new URL(`process/${script}.mjs`, import.meta.url))
  const seen = { refused: 0, died: 0 }
  /** @type {import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, import("node:stream").Readable> | undefined} */
  let child
  let complaints = ""
  let killed = false

  return {
    name,
    seen,
    pid: () => child?.pid,
    complaints: () => complaints,
    async start() {
      killed = false
      const started = spawn(process.execPath, [path], {
        env: { PATH: process.env.PATH, ...environment },
        stdio: ["ignore", "pipe", "pipe"],
      })
      child = started
      const isReady = new Promise((resolve) => {
        createInterface(started.stdout).on("line", (text) => {
          const fact = JSON.parse(text)
          if (fact.refused) seen.refused++
          if (fact.ready) resolve(undefined)
        })
      })
      started.stderr.on("data", (chunk) => {
        complaints = (complaints + chunk).slice(-20_000)
      })
      const exited = once(started, "exit").then(() => {
        if (!killed && child === started) seen.died++
      })
      await Promise.race([isReady, exited])
    },
    async kill() {
      killed = true
      const dying = child
      child = undefined
      if (!dying || dying.exitCode !== null || dying.signalCode !== null) return
      const exited = once(dying, "exit")
      dying.kill("SIGKILL")
      await exited
    },
    send: (signal) => void child?.kill(signal),
  }
}
