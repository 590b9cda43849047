import { expect, test } from "vitest"
import type { EventEnvelope } from "../src/index.js"
import { curl, curlStream } from "./helpers/event-stream.js"
import type { StreamEvent } from "./helpers/event-stream.js"
import { eventually } from "./helpers/eventually.js"
import { createGate } from "./helpers/gate.js"
import { analyze, startLiveServer } from "./helpers/live-server.js"

const envelopesOf = (events: readonly StreamEvent[]): EventEnvelope[] =>
  events.filter(({ event }) => event === "message").map(({ data }) => data as EventEnvelope)

test("curl -N follows a job to its result, and ends with it", async () => {
  await using server = await startLiveServer()
  const gate = createGate()
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using stream = curlStream(`${server.url}/api/v1/jobs/${id}/events`, ["-i"])
  await eventually(() => stream.events().length === 1)
  await server.work(async () => {
    await gate.opened
    return { answer: 42 }
  })
  await eventually(() => stream.events().length === 3)
  gate.open()
  expect(await stream.ended).toBe(0)
  expect(stream.events().map(({ event, id }) => [event, id])).toEqual([
    ["status_update", undefined],
    ["status_update", undefined],
    ["message", "2"],
    ["status_update", undefined],
    ["analysis_complete", undefined],
    ["message", "3"],
  ])
  expect(stream.text()).toMatch(/^HTTP\/1.1 200 OK\r\n/)
  expect(stream.text()).toMatch(/^content-type: text\/event-stream; charset=utf-8\r$/m)
  expect(stream.text()).toMatch(/^x-accel-buffering: no\r$/m)
  expect(stream.text()).toMatch(/^cache-control: no-store, no-transform\r$/m)
  expect(stream.text()).toMatch(/^retry: 1000$/m)
  expect(stream.text()).not.toMatch(/^content-encoding/im)
})

test("goes on after Last-Event-ID, and tells a browser that has everything not to come again", async () => {
  await using server = await startLiveServer()
  await server.work(async () => null)
  const job = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  await job.result()
  const url = `${server.url}/api/v1/jobs/${job.id}/events`
  using stream = curlStream(url, ["-H", "Last-Event-ID: 1"])
  await stream.ended
  expect(envelopesOf(stream.events()).map(({ seq }) => seq)).toEqual([2, 3])
  expect(await curl(url, ["-H", "Last-Event-ID: 3"])).toMatch(/^HTTP\/1.1 204 /)
  using late = curlStream(url)
  await late.ended
  expect(late.events().map(({ event }) => event)).toEqual(["status_update", "analysis_complete"])
})

test("feeds the events of all jobs of the tenant, and goes on where it was left", async () => {
  await using server = await startLiveServer({ hubOptions: { limits: { keepAliveMs: 20 } } })
  const { client } = server.runtime
  const before = await client.enqueue(analyze, { repo: "before" })
  let first: StreamEvent[]
  {
    using stream = curlStream(`${server.url}/api/v1/events`)
    await eventually(() => /^id: /m.test(stream.text()))
    await client.forTenant("acme").enqueue(analyze, { repo: "another tenant's" })
    await client.enqueue(analyze, { repo: "one" })
    await client.cancel(before.id)
    first = await eventually(() => (stream.events().length === 2 ? stream.events() : undefined))
    await eventually(() => stream.text().includes("\n: still here\n"))
  }
  expect(envelopesOf(first).map(({ type }) => type)).toEqual(["job.queued", "job.cancelled"])
  expect(first[0]?.id).toBe(envelopesOf(first)[0]?.cursor)
  await client.enqueue(analyze, { repo: "two" })
  using again = curlStream(`${server.url}/api/v1/events`, ["-H", `Last-Event-ID: ${first[0]?.id}`])
  await eventually(() => again.events().length === 2)
  expect(envelopesOf(again.events()).map(({ type }) => type)).toEqual(["job.cancelled", "job.queued"])
  await eventually(() => server.hub.connections.sse === 1)
})

test("answers HEAD without a stream, refuses what it cannot serve, and forgets who goes away", async () => {
  await using server = await startLiveServer()
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  expect(await curl(`${server.url}/api/v1/events`, ["-I"])).toMatch(/^HTTP\/1.1 200 OK\r\n[^]*text\/event-stream/)
  expect(await curl(`${server.url}/api/v1/jobs/${id}/events`, ["-I"])).toMatch(/^HTTP\/1.1 200 OK/)
  expect(await curl(`${server.url}/api/v1/jobs/nonsense/events`)).toMatch(/^HTTP\/1.1 404 [^]*"code":"JOB_NOT_FOUND"/)
  expect(await curl(`${server.url}/api/v1/jobs/${id}/events?after=x`)).toMatch(/^HTTP\/1.1 400 /)
  expect(await curl(`${server.url}/api/v1/events`, ["-H", "Last-Event-ID: x"])).toMatch(/^HTTP\/1.1 400 /)
  expect(server.hub.connections.sse).toBe(0)
  {
    using stream = curlStream(`${server.url}/api/v1/jobs/${id}/events`)
    await eventually(() => stream.events().length === 1)
    expect(server.hub.connections.sse).toBe(1)
  }
  await eventually(() => server.hub.connections.sse === 0)
})
