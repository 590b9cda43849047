// `npm run dev`: `npm start`, started again whenever a source file changes.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { watch } from "node:fs"
import { constants } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { prepare } from "./bootstrap/prepare.mjs"
import { exitWith } from "./bootstrap/problem.mjs"
import { workspacePackages } from "./bootstrap/workspace.mjs"

const startScript = fileURLToPath(new URL("start.mjs", import.meta.url))
const settledAfter = 150

await prepare({ types: false }).catch(exitWith)

let service = start()
let ending = false
for (const signal of /** @type {NodeJS.Signals[]} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, async () => {
    ending = true
    await stop(signal)
    process.exit(service.exitCode ?? 128 + constants.signals[signal])
  })
}

/** @type {NodeJS.Timeout | undefined} */
let timer
for (const { folder } of workspacePackages(["packages"])) {
  watch(join(folder, "src"), { recursive: true }, () => {
    clearTimeout(timer)
    timer = setTimeout(reload, settledAfter)
  })
}

let reloading = Promise.resolve()
function reload() {
  reloading = reloading.then(async () => {
    try {
      const built = await prepare({ types: false })
      if (built.length === 0) return
    } catch (error) {
      // The service goes on with what it has until the sources compile again.
      console.error(`\n${/** @type {Error} */ (error).message}`)
      return
    }
    if (!ending) await stop("SIGTERM")
    // Ctrl-C may have come meanwhile.
    if (!ending) service = start()
  })
}

function start() {
  const child = spawn(process.execPath, [startScript, ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    // A group of its own: it gets its signals from here, each once.
    detached: true,
  })
  child.once("exit", (code, signal) => {
    if (!ending && child === service && code !== null && code !== 0) {
      console.error(`The service ended (${signal ?? `exit code ${code}`}); it starts again when a source file changes.`)
    }
  })
  return child
}

/** @param {NodeJS.Signals} signal */
async function stop(signal) {
  if (service.exitCode !== null || service.signalCode !== null) return
  service.kill(signal)
  await once(service, "exit")
}
