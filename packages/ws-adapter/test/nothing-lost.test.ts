import { createRuntime } from "@assay/core"
import { expect, test } from "vitest"
import { socketIoClient, webSocketClient } from "./helpers/clients.js"
import { curlStream } from "./helpers/event-stream.js"
import { eventually } from "./helpers/eventually.js"
import { analyze, startLiveServer } from "./helpers/live-server.js"
import type { LiveServer } from "./helpers/live-server.js"
import { openPostgresParts } from "./helpers/postgres-parts.js"
import { createPubSubNotifier, startRedis } from "./helpers/redis.js"

const stages = 1500
const reconnects = 200
const everything = Array.from({ length: stages + 3 }, (_, index) => index + 1)

test(`loses and doubles nothing over ${reconnects} forced reconnects, a restart of Redis and one of the API`, async () => {
  await using database = await openPostgresParts()
  await using redis = await startRedis()
  const { store, queue } = database
  const apiNotifier = createPubSubNotifier(redis.port)
  const workerNotifier = createPubSubNotifier(redis.port)
  const start = (port = 0): Promise<LiveServer> =>
    startLiveServer({ parts: { store, queue, notifier: apiNotifier }, port })
  let server = await start()
  const { client } = server.runtime

  const worker = createRuntime({ store, queue, notifier: workerNotifier })
  let cuts = 0
  worker.worker.handle(analyze, async (context) => {
    for (let stage = 0; stage < stages; stage++) {
      // Always something under way, until the last connection was cut.
      await eventually(() => stage < ((cuts + 1) * stages) / reconnects)
      await context.stage(`stage ${stage}`)
    }
    return null
  })
  const { id } = await client.enqueue(analyze, { repo: "owner/repo" })

  const socketIo = [1, 2, 3, 4].map(() => {
    const listener = socketIoClient(server.url, { transports: ["websocket"] })
    const last = (): number => listener.envelopes().at(-1)?.seq ?? 0
    listener.socket.on("connect", () => listener.socket.emit("join_project", id, { after: last() }))
    const heard = (): number[] => listener.envelopes().map(({ seq }) => seq)
    const cut = (): unknown => listener.socket.io.engine.close()
    return { heard, cut, connected: () => listener.socket.connected, stop: () => listener[Symbol.dispose]() }
  })
  const others = [createWebSocketFollower, createCurlFollower].map((follow) => follow(server.host, id))
  const followers = [...socketIo, ...others]
  await eventually(() => server.hub.connections["socket.io"] === 4)
  await worker.start()

  try {
    for (; cuts < reconnects; cuts++) {
      const follower = followers[cuts % followers.length] as Follower
      await eventually(() => follower.connected())
      follower.cut()
      if (cuts === 70) await redis.restart()
      if (cuts === 140) {
        await server[Symbol.asyncDispose]()
        server = await start(Number(server.host.split(":")[1]))
      }
    }
    for (const [index, { heard }] of followers.entries()) {
      await eventually(() => heard().at(-1) === everything.length, `follower ${index} heard everything`)
      expect(heard()).toEqual(everything)
    }
  } finally {
    for (const follower of followers) follower.stop()
    await server[Symbol.asyncDispose]()
    await worker.stop({ graceMs: 0 })
    await apiNotifier.close()
    await workerNotifier.close()
  }
}, 60_000)

interface Follower {
  /** The numbers of the events, in the order in which they came. */
  heard(): number[]
  connected(): boolean
  cut(): unknown
  stop(): void
}

/** Connects again whenever the connection ends, after what was heard. */
function createWebSocketFollower(host: string, id: string): Follower {
  const before: number[] = []
  let stopped = false
  let current = open()
  function heard(): number[] {
    return [...before, ...current.envelopes().map(({ seq }) => seq)]
  }
  function open(): ReturnType<typeof webSocketClient> {
    const client = webSocketClient(`ws://${host}/ws/${id}?after=${before.at(-1) ?? 0}`)
    client.socket.once("close", () => {
      before.push(...client.envelopes().map(({ seq }) => seq))
      if (!stopped && before.at(-1) !== everything.length) current = open()
    })
    return client
  }
  return {
    heard: () => (current.socket.readyState === current.socket.CLOSED ? [...before] : heard()),
    connected: () => current.socket.readyState === current.socket.OPEN,
    cut: () => current.socket.terminate(),
    stop: () => {
      stopped = true
      current.socket.terminate()
    },
  }
}

function createCurlFollower(host: string, id: string): Follower {
  const before: number[] = []
  let stopped = false
  let ended = false
  let current = open()
  const numbersOf = (stream: ReturnType<typeof curlStream>): number[] =>
    stream
      .events()
      .flatMap(({ event, id: number }) => (event === "message" && number !== undefined ? [Number(number)] : []))
  function open(): ReturnType<typeof curlStream> {
    ended = false
    const stream = curlStream(`http://${host}/api/v1/jobs/${id}/events`, ["-H", `Last-Event-ID: ${before.at(-1) ?? 0}`])
    void stream.ended.then(() => {
      before.push(...numbersOf(stream))
      ended = true
      if (!stopped && before.at(-1) !== everything.length) current = open()
    })
    return stream
  }
  return {
    heard: () => [...before, ...(ended ? [] : numbersOf(current))],
    connected: () => !ended && current.text() !== "",
    cut: () => void current.child.kill("SIGKILL"),
    stop: () => {
      stopped = true
      current.child.kill("SIGKILL")
    },
  }
}
