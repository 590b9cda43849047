import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { Redis } from "ioredis"

/** A server of a test's own, for what the shared one must not be put through. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
  readonly folder: string
  /** Ends it as a crash would. */
  kill(): Promise<void>
  /** Starts it again on the same port, with the data that it had saved. */
  start(): Promise<void>
}

export async function startRedis(args: string[] = []): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), "assay-redis-"))
  const port = await freePort()
  let running: ChildProcess | undefined

  async function start(): Promise<void> {
    // What is given later wins.
    const basics = ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--save", "", "--loglevel", "notice"]
    running = spawn("redis-server", [...basics, ...args], { stdio: ["ignore", "pipe", "inherit"] })
    const lines = createInterface({ input: running.stdout as NonNullable<ChildProcess["stdout"]> })
    const said: string[] = []
    for await (const line of lines) {
      said.push(line)
      if (line.includes("Ready to accept connections")) return
    }
    throw new Error(`redis-server did not start:\n${said.join("\n")}`)
  }

  async function kill(): Promise<void> {
    const dying = running
    running = undefined
    if (!dying || dying.exitCode !== null || dying.signalCode !== null) return
    const gone = once(dying, "exit")
    dying.kill("SIGKILL")
    await gone
  }

  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  await start().catch((error: unknown) => {
    remove()
    throw error
  })
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    folder,
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await kill()
      remove()
    },
  }
}

/** Asks a server for something behind the back of what is tested. */
export async function withClient<Answer>(url: string, ask: (client: Redis) => Promise<Answer>): Promise<Answer> {
  const client = new Redis(url)
  try {
    return await ask(client)
  } finally {
    client.disconnect()
  }
}

/** The server of the test run. Shared: keys of a test have a prefix of their own, and nothing is flushed. */
export function sharedRedisUrl(): string {
  const url = process.env["ASSAY_TEST_REDIS_URL"]
  if (!url) throw new Error("ASSAY_TEST_REDIS_URL is not set. `npm test` starts a Redis and sets it to its URL.")
  return url
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  // A node of a cluster also listens on its port + 10,000.
  return port > 55_000 ? freePort() : port
}
