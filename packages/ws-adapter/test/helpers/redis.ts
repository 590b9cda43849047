import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { connect, createServer } from "node:net"
import type { AddressInfo, Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import type { JobId, Notification, Notifier } from "@assay/core"

export interface RedisServer extends AsyncDisposable {
  readonly port: number
  /** Kills it and starts another one at the same port. */
  restart(): Promise<void>
}

/** A Redis of this test's own. */
export async function startRedis(): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), "assay-redis-"))
  const port = await freePort()
  let child = await launch(port, folder)
  const stop = async (): Promise<void> => {
    const gone = once(child, "exit")
    child.kill("SIGKILL")
    await gone
  }
  return {
    port,
    async restart() {
      await stop()
      child = await launch(port, folder)
    },
    async [Symbol.asyncDispose]() {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function launch(port: number, folder: string): Promise<ChildProcess> {
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--appendonly", "no"]
  const child = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] })
  for await (const line of createInterface({ input: child.stdout })) {
    if (/Ready to accept connections/.test(line)) break
  }
  child.stdout.resume()
  return child
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Numbers over Redis pub/sub, the least of it: what is published while Redis is away is lost. */
export function createPubSubNotifier(port: number): Notifier {
  const listeners = new Set<(notification: Notification) => void>()
  let closed = false
  const publishing = connectAgain(port, () => closed)
  const subscribing = connectAgain(port, () => closed, {
    opened: (socket) => socket.write("SUBSCRIBE assay\r\n"),
    heard: (text) => {
      for (const [, kind, jobId, number] of text.matchAll(/^(event|progress|cancel) (job_\w+) (\d+)\r$/gm)) {
        const heard = { kind, jobId: jobId as JobId, number: Number(number) } as Notification
        for (const listener of listeners) listener(heard)
      }
    },
  })
  return {
    name: "pubsub",
    async publish(notifications) {
      for (const { kind, jobId, number } of notifications) {
        publishing().write(`PUBLISH assay "${kind} ${jobId} ${number}"\r\n`)
      }
    },
    async subscribe({ kind, jobId }, listener) {
      const filtered = (heard: Notification): void => {
        if ((kind ?? heard.kind) === heard.kind && (jobId ?? heard.jobId) === heard.jobId) listener(heard)
      }
      listeners.add(filtered)
      return { close: async () => void listeners.delete(filtered) }
    },
    async close() {
      closed = true
      publishing().destroy()
      subscribing().destroy()
    },
  }
}

function connectAgain(
  port: number,
  isClosed: () => boolean,
  { opened, heard }: { opened?: (socket: Socket) => void; heard?: (text: string) => void } = {},
): () => Socket {
  let socket: Socket
  const open = (): void => {
    socket = connect(port, "127.0.0.1", () => opened?.(socket))
    socket.on("error", () => {})
    socket.on("data", (data) => heard?.(String(data)))
    socket.on("close", () => {
      if (!isClosed()) setTimeout(open, 20)
    })
  }
  open()
  return () => socket
}
