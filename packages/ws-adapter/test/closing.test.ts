import { connect } from "node:net"
import { expect, test } from "vitest"
import type { Authorize } from "../src/index.js"
import { socketIoClient, webSocketClient } from "./helpers/clients.js"
import { curlStream } from "./helpers/event-stream.js"
import { eventually } from "./helpers/eventually.js"
import { createGate } from "./helpers/gate.js"
import { analyze, memoryParts, startLiveServer } from "./helpers/live-server.js"

test("closes within a second with everything open, says why, and clients find the next process by themselves", async () => {
  const parts = memoryParts()
  const server = await startLiveServer({ parts })
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using socketIo = socketIoClient(server.url)
  using polling = socketIoClient(server.url, { transports: ["polling"] })
  const answers = []
  for (const { socket } of [socketIo, polling]) answers.push(await socket.emitWithAck("join_project", id))
  using plain = webSocketClient(`ws://${server.host}/ws/${id}`)
  // One that has said nothing since, and never will.
  using deaf = webSocketClient(`ws://${server.host}/ws/${id}`)
  using stream = curlStream(`${server.url}/api/v1/events`)
  await eventually(() => /^id: /m.test(stream.text()) && plain.heard.length === 1 && deaf.heard.length === 1)
  deaf.socket.pause()
  expect(server.hub.connections).toEqual({ "socket.io": 2, websocket: 2, sse: 1 })

  const startedAt = performance.now()
  await server.app.close()
  expect(performance.now() - startedAt).toBeLessThan(1000)
  expect(await plain.closed).toEqual({ code: 1001, reason: "SHUTTING_DOWN" })
  expect(plain.heard.at(-1)).toMatchObject({ event: "goodbye", data: { code: "SHUTTING_DOWN" } })
  await stream.ended
  expect(stream.events().at(-1)).toMatchObject({ event: "goodbye" })
  await eventually(() => socketIo.heard.some(({ event }) => event === "goodbye"))
  expect(server.hub.connections).toEqual({ "socket.io": 0, websocket: 0, sse: 0 })
  await server.runtime.stop({ graceMs: 0 })

  socketIo.socket.on("connect", () => socketIo.socket.emit("join_project", id, { after: 1 }))
  await using next = await startLiveServer({ parts, port: Number(server.host.split(":")[1]) })
  await next.runtime.client.cancel(id)
  await eventually(() => socketIo.envelopes().length === 1)
})

test("outlives connections that are reset while it is decided about them", async () => {
  const gate = createGate()
  let asked = 0
  const authorize: Authorize = async () => {
    asked++
    await gate.opened
    return { allowed: true, tenant: "default" }
  }
  await using server = await startLiveServer({ authorize })
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  const [host, port] = server.host.split(":")
  for (const path of [`/ws/${id}`, "/socket.io/?EIO=4&transport=websocket", `/api/v1/jobs/${id}/events`]) {
    const before = asked
    const socket = connect(Number(port), host)
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${server.host}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n` +
        (path.startsWith("/api") ? "\r\n" : "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
    )
    await eventually(() => asked > before)
    socket.resetAndDestroy()
  }
  gate.open()
  using client = webSocketClient(`ws://${server.host}/ws/${id}`)
  await eventually(() => client.heard.length === 1)
  await eventually(() => server.hub.connections.sse === 0 && server.hub.connections.websocket === 1)
})

test("a closed hub takes nobody in, and closing twice is fine", async () => {
  await using server = await startLiveServer()
  await server.hub.close()
  await server.hub.close()
  expect(() => server.hub.connect("sse")).toThrow(/stops/)
})
