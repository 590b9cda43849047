import { expect, test } from "vitest"
import { socketIoClient, webSocketClient } from "./helpers/clients.js"
import { curl } from "./helpers/event-stream.js"
import { eventually } from "./helpers/eventually.js"
import { analyze, startLiveServer } from "./helpers/live-server.js"

test("takes as many connections as it was told, and others when those are gone", async () => {
  await using server = await startLiveServer({ hubOptions: { limits: { connections: 1 } } })
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  {
    using one = webSocketClient(`ws://${server.host}/ws/${id}`)
    await eventually(() => one.heard.length === 1)
    using two = webSocketClient(`ws://${server.host}/ws/${id}`)
    expect(await two.refused).toMatchObject({ status: 503, body: expect.stringContaining("TOO_MANY") as string })
    expect(await curl(`${server.url}/api/v1/events`)).toMatch(/^HTTP\/1.1 503 /)
    using three = socketIoClient(server.url, { reconnection: false, transports: ["websocket"] })
    const ends: string[] = []
    three.socket.io.on("close", (reason) => ends.push(reason))
    await eventually(() => ends.length > 0)
    expect(server.hub.connections).toEqual({ "socket.io": 0, websocket: 1, sse: 0 })
  }
  await eventually(() => server.hub.connections.websocket === 0)
  using next = socketIoClient(server.url, { transports: ["websocket"] })
  expect(await next.socket.emitWithAck("join_project", id)).toMatchObject({ ok: true })
})

test("lets one connection join as many jobs as it was told, and bounds messages", async () => {
  await using server = await startLiveServer({ hubOptions: { limits: { joined: 1, messageBytes: 2000 } } })
  const { client } = server.runtime
  const one = await client.enqueue(analyze, { repo: "one" })
  const two = await client.enqueue(analyze, { repo: "two" })
  using listener = socketIoClient(server.url, { transports: ["websocket"] })
  const { socket } = listener
  expect(await socket.emitWithAck("join_project", one.id)).toMatchObject({ ok: true })
  expect(await socket.emitWithAck("join_project", one.id)).toMatchObject({ ok: true })
  expect(await socket.emitWithAck("join_project", two.id)).toMatchObject({ ok: false, code: "TOO_MANY_JOINED" })
  socket.emit("leave_project", one.id)
  expect(await socket.emitWithAck("join_project", two.id)).toMatchObject({ ok: true })
  for (const strange of [42, null, { toString: "x" }, []] as never[]) {
    expect(await socket.emitWithAck("join_project", strange)).toMatchObject({ ok: false, code: "MALFORMED_MESSAGE" })
  }
  const ends: string[] = []
  socket.on("disconnect", (reason) => ends.push(reason))
  socket.emit("join_project", "x".repeat(5000))
  await eventually(() => ends.length > 0)
})
