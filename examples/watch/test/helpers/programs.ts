import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { onTestFinished } from "vitest"

const bootstrap = new URL("../../../../scripts/bootstrap/", import.meta.url)
const script = join(import.meta.dirname, "../../watch.js")
const environment = { PATH: process.env["PATH"] }

/** Examples run on built packages, as everybody else's programs do. `npm test` has built them already. */
export async function buildPackages(): Promise<void> {
  const { oneAtATime } = await import(new URL("one-at-a-time.mjs", bootstrap).href)
  const { buildPackages: build } = await import(new URL("build-packages.mjs", bootstrap).href)
  await oneAtATime(() => build({ types: false }))
}

export interface Service {
  readonly url: string
  readonly child: ChildProcess
}

/** The service of `service.js`, stopped when the test ends. */
export async function startService(more: Record<string, string> = {}): Promise<Service> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "service.js")], {
    env: { ...environment, ...more },
    stdio: ["ignore", "pipe", "inherit"],
  })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill("SIGKILL")
    await once(child, "exit")
  })
  for await (const line of createInterface({ input: child.stdout })) return { url: line, child }
  throw new Error(`The service ended with ${child.exitCode} before it listened.`)
}

export interface Watch {
  readonly child: ChildProcess
  output(): string
  errors(): string
  readonly ended: Promise<{ code: number | null; output: string; errors: string }>
}

/** The example, as a program of its own. */
export function watch(args: readonly string[], more: Record<string, string> = {}): Watch {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...environment, ...more },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 25_000,
  })
  let [output, errors] = ["", ""]
  child.stdout.on("data", (chunk) => (output += String(chunk)))
  child.stderr.on("data", (chunk) => (errors += String(chunk)))
  return {
    child,
    output: () => output,
    errors: () => errors,
    ended: new Promise((resolve) => child.on("close", (code) => resolve({ code, output, errors }))),
  }
}
