import { io } from "socket.io-client"
import { onTestFinished } from "vitest"
import { WebSocket } from "ws"

/** What clients of all three transports hear, word for word. */
export interface Followers {
  readonly heard: readonly string[]
  /** Socket.IO and plain WebSocket have to be told which analysis; the stream tells of all. */
  follow(id: string): void
}

/** Connects again when the service comes back, because all of the clients do. */
export function followEvents(url: string): Followers {
  const heard: string[] = []
  const socket = io(url)
  socket.onAny((name: string, ...data: unknown[]) => heard.push(`socket.io ${name} ${JSON.stringify(data)}`))
  const ended = new AbortController()
  const sockets: WebSocket[] = []
  void readStream()
  onTestFinished(() => {
    ended.abort()
    socket.disconnect()
    for (const one of sockets) one.terminate()
  })

  async function readStream(): Promise<void> {
    try {
      const { body } = await fetch(`${url}/api/v1/events?after=0`, { signal: ended.signal })
      for await (const chunk of body ?? []) heard.push(`sse ${Buffer.from(chunk as Uint8Array).toString()}`)
    } catch {
      // The service was killed, or the test is over.
    }
  }

  return {
    heard,
    follow(id) {
      socket.emit("join_project", id)
      const plain = new WebSocket(`${url.replace("http", "ws")}/ws/${id}`)
      plain.on("message", (data) => heard.push(`ws ${String(data as Buffer)}`))
      plain.on("error", () => {})
      sockets.push(plain)
    },
  }
}
