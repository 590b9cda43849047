import { execFile, spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { promisify } from "node:util"

export interface StreamEvent {
  readonly event: string
  readonly id: string | undefined
  readonly data: unknown
}

export interface CurlStream {
  readonly child: ChildProcess
  readonly text: () => string
  readonly events: () => StreamEvent[]
  readonly ended: Promise<number | null>
  [Symbol.dispose](): void
}

/** `curl -N` on a stream of events. */
export function curlStream(url: string, args: readonly string[] = []): CurlStream {
  const child = spawn("curl", ["-sN", ...args, url], { stdio: ["ignore", "pipe", "inherit"] })
  let text = ""
  child.stdout.on("data", (chunk) => (text += String(chunk)))
  return {
    child,
    text: () => text,
    events: () => parse(text),
    ended: new Promise((resolve) => child.on("close", resolve)),
    [Symbol.dispose]: () => void child.kill("SIGKILL"),
  }
}

/** One answer of curl, with its headers. */
export async function curl(url: string, args: readonly string[] = []): Promise<string> {
  const { stdout } = await promisify(execFile)("curl", ["-si", "--max-time", "10", ...args, url])
  return stdout
}

function parse(text: string): StreamEvent[] {
  return text
    .split("\n\n")
    .slice(0, -1)
    .map((block) => {
      const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(block)?.[1]
      const data = field("data")
      return {
        event: field("event") ?? "message",
        id: field("id"),
        data: data === undefined ? undefined : JSON.parse(data),
      }
    })
    .filter(({ data }) => data !== undefined)
}
