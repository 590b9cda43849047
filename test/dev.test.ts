import { fork, spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { beforeAll, describe, expect, it, onTestFinished, vi } from "vitest"
import { prepare } from "../scripts/bootstrap/prepare.mjs"
import { rootFolder } from "../scripts/bootstrap/workspace.mjs"
import { copyOfCheckout } from "./helpers/copy-of-checkout.js"
import { temporaryFolder } from "./helpers/temporary-folder.js"

beforeAll(() => prepare({ types: false }), 300_000)

describe("npm run dev", { timeout: 60_000 }, () => {
  it("starts the service again when a source changes, and ends it on Ctrl-C", async () => {
    const folder = copyOfCheckout()
    const dev = startDev(folder)
    const first = await dev.service(1)
    expect(await ping(first.url)).toEqual({ message: "pong" })

    const source = join(folder, "packages/http-adapter/src/routes/health.ts")
    const changed = readFileSync(source, "utf8").replaceAll('"pong"', '"pong again"')
    writeFileSync(source, `${changed}const broken: = 1\n`)
    await dev.says(/Building @assay\/http-adapter failed/)
    expect(await ping(first.url)).toEqual({ message: "pong" })
    writeFileSync(source, changed)
    const second = await dev.service(2)
    expect(await ping(second.url)).toEqual({ message: "pong again" })
    expect(isAlive(first.pid)).toBe(false)

    // As it comes through npm: once from the terminal, and once more.
    dev.process.kill("SIGINT")
    await setTimeout(20)
    dev.process.kill("SIGINT")
    expect(await dev.ended).toEqual([0, null])
    expect(isAlive(second.pid)).toBe(false)
  })

  it("takes the service with it, however it goes and however early", async () => {
    const folder = temporaryFolder()
    const script = join(rootFolder, "scripts/start.mjs")
    const service = fork(script, ["--port", "0", "--data-dir", join(folder, "data")], { cwd: folder, silent: true })
    onTestFinished(() => void service.kill("SIGKILL"))
    service.disconnect()
    expect(await once(service, "exit")).toEqual([null, "SIGTERM"])
  })
})

/** Runs the script of the copy on a port that is free. */
function startDev(folder: string) {
  const { NODE_OPTIONS: _, VITEST: __, DATABASE_URL: ___, ...env } = process.env
  const child = spawn(process.execPath, ["scripts/dev.mjs", "--port", "0"], { cwd: folder, env })
  const ended = once(child, "exit")
  let output = ""
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text))
  onTestFinished(async () => {
    child.kill("SIGKILL")
    await ended
    // The service notices by itself, and writes into the folder until then.
    await vi.waitUntil(() => !services(output).some(({ pid }) => isAlive(pid)), { timeout: 20_000 })
  })
  const found = <T>(look: () => T | undefined): Promise<T> =>
    vi.waitUntil(
      () => {
        if (child.exitCode !== null) throw new Error(`npm run dev ended (${child.exitCode}):\n${output}`)
        return look()
      },
      { timeout: 40_000 },
    ) as Promise<T>
  return {
    process: child,
    ended,
    says: (pattern: RegExp) => found(() => pattern.exec(output) ?? undefined),
    /** The service that was started as number `count`. */
    service: (count: number) => found(() => services(output)[count - 1]),
  }
}

/** Those that said they had started. */
function services(output: string): { url: string; pid: number }[] {
  return output
    .split("\n")
    .filter((line) => line.startsWith("{") && line.includes('"service started"') && line.endsWith("}"))
    .map((line) => JSON.parse(line) as { url: string; pid: number })
}

async function ping(url: string): Promise<unknown> {
  return (await fetch(`${url}/ping`)).json()
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
