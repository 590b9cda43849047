import { spawn } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"
import type { Canary } from "./canary.js"

/** Whoever looks at the list of processes while something happens, every few milliseconds. Linux only. */
export interface ProcessWatch {
  /** Ends it: where the secret was found, and the beginnings of the command lines that it has seen. */
  stop(): Promise<{ findings: string[]; seen: string[] }>
}

export async function watchProcesses({ forms }: Canary): Promise<ProcessWatch> {
  const script = fileURLToPath(new URL("sample-processes.mjs", import.meta.url))
  const child = spawn(process.execPath, [script], { stdio: ["pipe", "pipe", "inherit"] })
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill("SIGKILL")
    await once(child, "exit")
  })
  let output = ""
  child.stdout.on("data", (chunk) => (output += String(chunk)))
  const closed = once(child, "close")
  child.stdin.write(`${forms.join("\n")}\n`)
  await once(child.stdout, "data")
  return {
    async stop() {
      child.stdin.end()
      await closed
      const lines = output.trim().split("\n")
      const facts = lines.map((line) => JSON.parse(line) as { found?: string; text?: string; seen?: string[] })
      return {
        findings: facts.flatMap(({ found, text }) => (found === undefined ? [] : [`${found}: ${text}`])),
        seen: facts.flatMap(({ seen }) => seen ?? []),
      }
    },
  }
}
