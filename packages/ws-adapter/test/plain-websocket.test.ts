import { expect, test } from "vitest"
import { webSocketClient } from "./helpers/clients.js"
import { eventually } from "./helpers/eventually.js"
import { createGate } from "./helpers/gate.js"
import { analyze, startLiveServer } from "./helpers/live-server.js"

test("tells a plain WebSocket the state, what follows and the result, and closes when there is no more", async () => {
  await using server = await startLiveServer()
  const gate = createGate()
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using client = webSocketClient(`ws://${server.host}/ws/${id}`)
  await eventually(() => client.heard.length === 1)
  await server.work(async (context) => {
    await context.stage("ready")
    await gate.opened
    return { answer: 42 }
  })
  gate.open()
  expect(await client.closed).toEqual({ code: 1000, reason: "finished" })
  expect(client.heard.map(({ event, data }) => ("status" in data ? `${event} ${data.status}` : event))).toEqual([
    "status_update queued",
    "status_update running",
    "event",
    "status_update ready",
    "event",
    "status_update finished",
    "analysis_complete finished",
    "event",
  ])
  expect(client.heard[6]?.data).toMatchObject({ project_id: id, data: { answer: 42 } })
})

test("gives who comes late the result, and who goes on after a number what they missed", async () => {
  await using server = await startLiveServer()
  await server.work(async () => "the answer")
  const job = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  await job.result()
  using late = webSocketClient(`ws://${server.host}/ws/${job.id}`)
  await late.closed
  expect(late.heard).toMatchObject([
    { event: "status_update", data: { status: "finished" } },
    { event: "analysis_complete", data: { data: "the answer" } },
  ])
  using resumed = webSocketClient(`ws://${server.host}/ws/${job.id}?after=1`)
  await resumed.closed
  expect(resumed.envelopes().map(({ seq }) => seq)).toEqual([2, 3])
  using all = webSocketClient(`ws://${server.host}/ws/${job.id}?after=3`)
  expect(await all.closed).toMatchObject({ code: 1000 })
  expect(all.heard).toEqual([])
})

test("says why when there is no such job, or when it was not asked properly", async () => {
  await using server = await startLiveServer()
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using unknown = webSocketClient(`ws://${server.host}/ws/job_01M81S19WCCBB5YC7MGYFFQP8D`)
  expect(await unknown.closed).toEqual({ code: 4404, reason: "JOB_NOT_FOUND" })
  expect(unknown.heard).toMatchObject([{ event: "join_error", data: { code: "JOB_NOT_FOUND" } }])
  using strange = webSocketClient(`ws://${server.host}/ws/${id}?after=soon`)
  expect(await strange.closed).toEqual({ code: 1008, reason: "MALFORMED_MESSAGE" })
  using noJob = webSocketClient(`ws://${server.host}/ws/..%2f..%2f`)
  expect(await noJob.refused).toMatchObject({ status: 404 })
  using noPath = webSocketClient(`ws://${server.host}/elsewhere`)
  expect(await noPath.refused).toMatchObject({ status: 404, body: expect.stringContaining('"NOT_FOUND"') as string })
})

test("cuts off who sends more than a message may hold, and who does not answer a ping", async () => {
  await using server = await startLiveServer({ hubOptions: { limits: { messageBytes: 1000, keepAliveMs: 50 } } })
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using talkative = webSocketClient(`ws://${server.host}/ws/${id}`)
  await eventually(() => talkative.heard.length > 0)
  talkative.socket.send("x".repeat(2000))
  expect((await talkative.closed).code).toBe(1009)
  using deaf = webSocketClient(`ws://${server.host}/ws/${id}`, { autoPong: false })
  using alive = webSocketClient(`ws://${server.host}/ws/${id}`)
  await eventually(() => alive.heard.length > 0)
  expect((await deaf.closed).code).toBe(1006)
  expect(alive.socket.readyState).toBe(alive.socket.OPEN)
  await eventually(() => server.hub.connections.websocket === 1)
})
