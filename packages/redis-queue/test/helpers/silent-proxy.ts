import { once } from "node:events"
import { connect, createServer } from "node:net"
import type { AddressInfo, Socket } from "node:net"

/** Stands between a client and its server, and can fall silent as a network does that drops everything. */
export interface SilentProxy extends AsyncDisposable {
  readonly url: string
  /** What goes through the connections that there are is dropped from now on; they stay open. New ones work. */
  silenceAll(): void
}

export async function startProxy(port: number): Promise<SilentProxy> {
  const pairs = new Set<{ client: Socket; server: Socket; silent: boolean }>()
  const listener = createServer((client) => {
    const pair = { client, server: connect(port, "127.0.0.1"), silent: false }
    pairs.add(pair)
    const join = (from: Socket, to: Socket): void => {
      from.on("data", (data) => {
        if (!pair.silent) to.write(data)
      })
      from.on("close", () => {
        if (!pair.silent) to.destroy()
      })
      from.on("error", () => {})
    }
    join(pair.client, pair.server)
    join(pair.server, pair.client)
  }).listen(0, "127.0.0.1")
  await once(listener, "listening")
  return {
    url: `redis://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    silenceAll() {
      for (const pair of pairs) pair.silent = true
    },
    async [Symbol.asyncDispose]() {
      for (const { client, server } of pairs) {
        client.destroy()
        server.destroy()
      }
      listener.close()
      await once(listener, "close")
    },
  }
}
