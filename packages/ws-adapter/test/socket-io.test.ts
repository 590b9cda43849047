import { expect, test } from "vitest"
import type { StatusUpdate } from "../src/index.js"
import { socketIoClient } from "./helpers/clients.js"
import { eventually } from "./helpers/eventually.js"
import { createGate } from "./helpers/gate.js"
import { runReadmeClient } from "./helpers/readme-client.js"
import { analyze, startLiveServer } from "./helpers/live-server.js"

test("serves a client that is written from the older service's README, unmodified", async () => {
  await using server = await startLiveServer()
  const gate = createGate()
  await server.work(async (context) => {
    await gate.opened
    await context.stage("ready")
    return { snippets: ["a"], token: "canary" }
  })
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  const client = runReadmeClient(server.host, id)
  await eventually(() => /Status: running/.test(client.output()))
  gate.open()
  expect(await client.exited).toBe(0)
  expect(client.output()).toMatch(
    /Status: ready - .*\nStatus: finished - .*\nAnalysis finished!\nSaved {"snippets":\["a"\],"token":"\[redacted\]"}/,
  )
})

test("tells who joins what the state is, and what follows, each in the words of the older service", async () => {
  await using server = await startLiveServer()
  const gate = createGate()
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using client = socketIoClient(server.url)
  const answer = await client.socket.emitWithAck("join_project", id)
  expect(answer).toEqual({ ok: true, project_id: id, state: "queued", seq: 1 })
  await server.work(async () => {
    await gate.opened
    return "the answer"
  })
  gate.open()
  await eventually(() => client.envelopes().at(-1)?.type === "job.succeeded")
  const names = client.heard.map(({ event, data }) => ("status" in data ? `${event} ${data.status}` : event))
  expect(names).toEqual([
    "status_update queued",
    "status_update running",
    "event",
    "status_update finished",
    "analysis_complete finished",
    "event",
  ])
  expect(client.heard[0]?.data).toEqual({
    project_id: id,
    job_id: id,
    status: "queued",
    message: expect.any(String) as string,
    seq: 1,
    timestamp: expect.stringMatching(/^\d{4}-.*Z$/) as string,
  })
  expect(client.heard[4]).toMatchObject({ event: "analysis_complete", data: { project_id: id, data: "the answer" } })
  expect(client.envelopes()[1]).toEqual({
    id: `${id}/3`,
    type: "job.succeeded",
    time: expect.any(String) as string,
    seq: 3,
    subject: { job_id: id, project_id: id },
    state: "succeeded",
    attempt: 1,
    data: {},
  })
})

test("says failed once, at the end; an attempt that another one follows is queued", async () => {
  await using server = await startLiveServer()
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using client = socketIoClient(server.url, { transports: ["websocket"] })
  await client.socket.emitWithAck("join_project", id)
  await server.work(async () => {
    throw new Error("it did not work")
  })
  await eventually(() => client.envelopes().at(-1)?.type === "job.failed")
  const updates = client.heard.filter(({ event }) => event === "status_update").map(({ data }) => data as StatusUpdate)
  expect(updates.map(({ status }) => status)).toEqual(["queued", "running", "queued", "queued", "running", "failed"])
  expect(updates[2]).toMatchObject({ attempt: 1, max_attempts: 2 })
  const errors = client.heard.filter(({ event }) => event === "analysis_error")
  expect(errors).toHaveLength(1)
  expect(errors[0]?.data).toMatchObject({ project_id: id, status: "failed", error: "it did not work" })
})

test("gives the result to who joins after the end", async () => {
  await using server = await startLiveServer()
  await server.work(async () => ({ answer: 42 }))
  const job = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  await job.result()
  using client = socketIoClient(server.url, { transports: ["polling"] })
  client.socket.emit("join_project", job.id)
  await eventually(() => client.heard.length === 2)
  expect(client.heard).toMatchObject([
    { event: "status_update", data: { status: "finished", progress: 100 } },
    { event: "analysis_complete", data: { status: "finished", data: { answer: 42 } } },
  ])
})

test("gives what came after a number to who asks for it, in order and once", async () => {
  await using server = await startLiveServer()
  const gate = createGate()
  await server.work(async (context) => {
    for (const stage of ["one", "two", "three"]) await context.stage(stage)
    await gate.opened
    return null
  })
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  await eventually(async () => (await server.runtime.client.get(id))?.stage === "three")
  using client = socketIoClient(server.url)
  await client.socket.emitWithAck("join_project", id, { after: 3 })
  await eventually(() => client.envelopes().length === 2)
  gate.open()
  await eventually(() => client.envelopes().length === 3)
  expect(client.envelopes().map(({ seq, data }) => [seq, data.stage])).toEqual([
    [4, "two"],
    [5, "three"],
    [6, undefined],
  ])
})

test("says nothing but the numbered events to who wants no more", async () => {
  await using server = await startLiveServer()
  const { id, cancel } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using all = socketIoClient(server.url)
  using few = socketIoClient(server.url)
  await all.socket.emitWithAck("join_project", id, { after: 0 })
  await few.socket.emitWithAck("join_project", id, { after: 0, only: "event" })
  await cancel()
  await eventually(() => all.envelopes().length === 2 && few.envelopes().length === 2)
  expect(few.heard.map(({ event }) => event)).toEqual(["event", "event"])
  expect(all.heard.map(({ event }) => event)).toEqual([
    "status_update",
    "event",
    "status_update",
    "analysis_error",
    "event",
  ])
})

test("tells how far a running job is", async () => {
  await using server = await startLiveServer()
  const gate = createGate()
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using client = socketIoClient(server.url)
  await client.socket.emitWithAck("join_project", id)
  await server.work(async (context) => {
    context.progress(1, 3, "files")
    await gate.opened
    return null
  })
  const progress = await eventually(() => client.envelopes().find(({ type }) => type === "job.progress"))
  expect(progress).toMatchObject({ id: null, data: { done: 1, total: 3, unit: "files", percent: 33.3 } })
  gate.open()
})

test("joining twice is joining once, and leaving ends it", async () => {
  await using server = await startLiveServer()
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  const other = await server.runtime.client.enqueue(analyze, { repo: "owner/other" })
  using client = socketIoClient(server.url)
  await client.socket.emitWithAck("join_project", id)
  await client.socket.emitWithAck("join_project", id)
  await client.socket.emitWithAck("join_project", other.id)
  client.socket.emit("leave_project", other.id)
  await client.socket.emitWithAck("join_project", "nothing")
  await other.cancel()
  await server.runtime.client.cancel(id)
  await eventually(() => client.envelopes().length > 0)
  expect(client.envelopes().map(({ type, subject }) => [type, subject.job_id])).toEqual([["job.cancelled", id]])
  expect(client.heard.filter(({ event }) => event === "analysis_error")).toMatchObject([
    { data: { error: "cancelled", status: "failed" } },
  ])
})
