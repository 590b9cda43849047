import { connect } from "node:net"
import { request } from "node:http"
import type { IncomingMessage } from "node:http"
import { expect, test } from "vitest"
import { webSocketClient } from "./helpers/clients.js"
import { eventually } from "./helpers/eventually.js"
import { analyze, startLiveServer } from "./helpers/live-server.js"
import type { Present } from "../src/index.js"

/** Each event says a lot, so that what a connection can hold is soon full. */
const wordy: Present = (job) => [
  {
    event: "status_update",
    data: { project_id: job.id, job_id: job.id, status: "x".repeat(200_000), message: "", seq: 1, timestamp: "" },
  },
]

const limits = { waitingBytes: 100_000, slowMs: 1000 }

test("cuts off who takes nothing, without keeping more for them than agreed, while others miss nothing", async () => {
  await using server = await startLiveServer({ hubOptions: { present: wordy, limits } })
  const { client } = server.runtime
  const job = await client.enqueue(analyze, { repo: "owner/repo" })
  using quick = webSocketClient(`ws://${server.host}/ws/${job.id}`)
  const [host, port] = server.host.split(":")
  const stuck = connect(Number(port), host)
  stuck.pause()
  stuck.write(`GET /api/v1/jobs/${job.id}/events HTTP/1.1\r\nHost: ${server.host}\r\n\r\n`)
  using stuckSocket = webSocketClient(`ws://${server.host}/ws/${job.id}`)
  stuckSocket.socket.on("upgrade", () => stuckSocket.socket.pause())
  await eventually(() => server.hub.connections.sse === 1 && server.hub.connections.websocket === 2)
  await eventually(() => quick.heard.length === 1)

  const rssBefore = process.memoryUsage.rss()
  await server.work(async (context) => {
    for (let index = 0; index < 200; index++) await context.stage(`stage ${index}`)
    return null
  })
  await eventually(() => quick.envelopes().at(-1)?.type === "job.succeeded")
  expect(quick.envelopes().map(({ seq }) => seq)).toEqual(Array.from({ length: 202 }, (_, index) => index + 2))
  await eventually(() => server.hub.connections.sse === 0 && server.hub.connections.websocket === 0)
  // 40 MB were said to each of them; one page at a time, of at most 100 events, may wait.
  expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(400 * 2 ** 20)
  stuck.destroy()
})

test("waits for who is slow for a while, and then gives them the rest in order", async () => {
  await using server = await startLiveServer({ hubOptions: { present: wordy, limits: { ...limits, slowMs: 20_000 } } })
  await server.work(async (context) => {
    for (let index = 0; index < 150; index++) await context.stage(`stage ${index}`)
    return null
  })
  const job = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  await job.result()
  const response = await new Promise<IncomingMessage>((resolve) => {
    request(`${server.url}/api/v1/jobs/${job.id}/events?after=0`).on("response", resolve).end()
  })
  response.pause()
  await eventually(() => server.hub.connections.sse === 1)
  let text = ""
  for await (const chunk of response) text += String(chunk)
  const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id))
  expect(ids).toEqual(Array.from({ length: 154 }, (_, index) => index))
})
