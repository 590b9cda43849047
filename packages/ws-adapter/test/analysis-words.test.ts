import { expect, onTestFinished, test } from "vitest"
import type { JobId } from "@assay/core"
import { analysisWords, createPresenter } from "../src/index.js"
import type { StatusUpdate } from "../src/index.js"
import { socketIoClient, webSocketClient } from "./helpers/clients.js"
import type { SocketIoClient } from "./helpers/clients.js"
import { curlStream } from "./helpers/event-stream.js"
import { eventually } from "./helpers/eventually.js"
import { createGate } from "./helpers/gate.js"
import { analyze, startLiveServer } from "./helpers/live-server.js"
import type { LiveServer, Work } from "./helpers/live-server.js"
import { runReadmeClient } from "./helpers/readme-client.js"

const time = expect.stringMatching(/^\d{4}-.*Z$/) as string

/** What the composer gives the hub: the words, an answer that is read elsewhere, and projects of Potpie by their ids. */
async function startAnalyses(projects = new Map<string, JobId>()): Promise<LiveServer> {
  return startLiveServer({
    hubOptions: {
      present: createPresenter({
        "repository.analyze": analysisWords({
          data: async (job) => ({ project_id: job.id, snippets: ["a"], token: 1 }),
        }),
      }),
      resolve: async (id, tenant) => (tenant === "default" ? projects.get(id) : undefined),
    },
  })
}

function updates({ heard }: SocketIoClient): StatusUpdate[] {
  return heard.flatMap((message) => (message.event === "status_update" ? [message.data] : []))
}

function statuses(client: SocketIoClient): string[] {
  return updates(client).map(({ status }) => status)
}

async function ended(client: SocketIoClient): Promise<void> {
  await eventually(() => client.heard.some(({ event }) => /^analysis_/.test(event)))
}

/** As an analysis does it: it looks again and again, without a worker, until Potpie has parsed. */
function analysis({ looks, then }: { looks: number; then?: Work }): Work {
  let looked = 0
  return async (context) => {
    await context.stage("parsing")
    if (++looked < looks) return context.defer(5)
    await context.stage("ready")
    await context.stage("processing_conversations")
    await then?.(context)
    await context.stage("verifying")
    return { kept: "elsewhere" }
  }
}

test("says each of the older service's words once, however often the job looks whether Potpie is done", async () => {
  await using server = await startAnalyses()
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using client = socketIoClient(server.url)
  await client.socket.emitWithAck("join_project", id)
  await server.work(analysis({ looks: 5 }))
  await ended(client)
  expect(statuses(client)).toEqual(["queued", "parsing", "ready", "processing_conversations", "finished"])
  for (const update of updates(client)) {
    expect(update).toMatchObject({
      project_id: id,
      job_id: id,
      message: expect.stringMatching(/\w{5}/),
      timestamp: time,
    })
  }
  const complete = client.heard.filter(({ event }) => event === "analysis_complete")
  expect(complete.map(({ data }) => data)).toEqual([
    {
      project_id: id,
      job_id: id,
      status: "finished",
      data: { project_id: id, snippets: ["a"], token: 1 },
      message: "Analysis completed successfully",
      seq: expect.any(Number) as number,
      timestamp: time,
    },
  ])
  expect(client.envelopes().filter(({ type }) => type === "job.deferred")).toHaveLength(4)
})

test("says the same to who comes back in the middle, on every position", async () => {
  await using server = await startAnalyses()
  await server.work(analysis({ looks: 3 }))
  const job = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  await job.result()
  const count = (await job.get()).eventNumber
  const all = ["queued", "parsing", "ready", "processing_conversations", "finished"]
  for (let after = 0; after < count; after++) {
    using client = socketIoClient(server.url, { transports: ["websocket"] })
    await client.socket.emitWithAck("join_project", job.id, { after })
    await ended(client)
    const said = statuses(client)
    expect(said, `after ${after}`).toEqual(all.slice(all.length - said.length))
    expect(client.heard.filter(({ event }) => event === "analysis_complete")).toHaveLength(1)
  }
})

test("tells who joins while the job waits for Potpie that it is parsing", async () => {
  await using server = await startAnalyses()
  await server.work(async (context) => {
    await context.stage("parsing")
    return context.defer("1h")
  })
  const { id, get } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  await eventually(async () => (await get()).state === "scheduled")
  using client = socketIoClient(server.url)
  await client.socket.emitWithAck("join_project", id)
  await eventually(() => client.heard.length === 1)
  expect(updates(client)).toMatchObject([{ status: "parsing", stage: "parsing" }])
})

test("says queued between two attempts, with how many there were, and failed once", async () => {
  await using server = await startAnalyses()
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using client = socketIoClient(server.url)
  await client.socket.emitWithAck("join_project", id)
  await server.work(analysis({ looks: 1, then: () => Promise.reject(new Error("Potpie had no answer.")) }))
  await ended(client)
  const attempt = ["parsing", "ready", "processing_conversations"]
  expect(statuses(client)).toEqual(["queued", ...attempt, "queued", ...attempt, "failed"])
  expect(updates(client)[4]).toMatchObject({ attempt: 1, max_attempts: 2 })
  const errors = client.heard.filter(({ event }) => event === "analysis_error")
  expect(errors.map(({ data }) => data)).toEqual([
    {
      project_id: id,
      job_id: id,
      status: "failed",
      error: "Potpie had no answer.",
      message: "Potpie had no answer.",
      failure: { code: "HANDLER_FAILED", message: "Potpie had no answer.", retryable: true },
      seq: expect.any(Number) as number,
      timestamp: time,
    },
  ])
  // Somebody redrives it: it is queued again, and says so.
  const before = updates(client).length
  await server.runtime.client.redrive(id)
  await eventually(() => updates(client).length > before)
  expect(updates(client)[before]?.status).toBe("queued")
})

test("a cancelled analysis failed, for the older service's clients", async () => {
  await using server = await startAnalyses()
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using client = socketIoClient(server.url)
  await client.socket.emitWithAck("join_project", id)
  await server.runtime.client.cancel(id)
  await ended(client)
  expect(statuses(client)).toEqual(["queued", "failed"])
  expect(client.heard).toContainEqual(
    expect.objectContaining({ event: "analysis_error", data: expect.objectContaining({ error: "cancelled" }) }),
  )
})

test("a client that is written from the older README, unmodified, hears of success, and of failure", async () => {
  await using server = await startAnalyses()
  const gate = createGate()
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  const good = runReadmeClient(server.host, id)
  await eventually(() => good.output().includes("Status: queued - "))
  await server.work(
    analysis({
      looks: 2,
      then: async ({ input }) => (input.repo === "bad" ? Promise.reject(new Error("no")) : gate.opened),
    }),
  )
  await eventually(() => good.output().includes("Status: processing_conversations - "))
  gate.open()
  expect(await good.exited).toBe(0)
  expect(good.output().replace(/ - .*/g, "").split("\n")).toEqual([
    ...["queued", "parsing", "ready", "processing_conversations", "finished"].map((word) => `Status: ${word}`),
    "Analysis finished!",
    `Saved {"project_id":"${id}","snippets":["a"],"token":1}`,
    "",
  ])
})

test("is joined by the id of Potpie's project on every transport, and by no other text", async () => {
  const projects = new Map<string, JobId>()
  await using server = await startAnalyses(projects)
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  projects.set("0197-potpie", id)
  using client = socketIoClient(server.url)
  expect(await client.socket.emitWithAck("join_project", "0197-potpie")).toMatchObject({ ok: true, project_id: id })
  using plain = webSocketClient(`ws://${server.host}/ws/0197-potpie`)
  using stream = curlStream(`${server.url}/api/v1/jobs/0197-potpie/events`)
  await eventually(() => client.heard.length > 0 && plain.heard.length > 0 && stream.events().length > 0)
  for (const heard of [client.heard[0], plain.heard[0]]) expect(heard).toMatchObject({ data: { project_id: id } })
  for (const text of ["0198-potpie", "..%2Fprojects", "../projects", "a\0b", "x".repeat(10_000), ""]) {
    expect(await client.socket.emitWithAck("join_project", text), text.slice(0, 20)).toMatchObject({
      ok: false,
      code: "JOB_NOT_FOUND",
    })
  }
  for (const path of ["0198-potpie", "..%2Fprojects", "%00"]) {
    using refused = webSocketClient(`ws://${server.host}/ws/${path}`)
    expect((await refused.refused).status).toBe(404)
  }
  client.socket.emit("leave_project", "0197-potpie")
  await client.socket.emitWithAck("join_project", "nothing")
  const heard = client.envelopes().length
  await server.runtime.client.cancel(id)
  await eventually(() => plain.envelopes().some(({ type }) => type === "job.cancelled"))
  expect(client.envelopes().length).toBe(heard)
})

test("asks the host again once it is known which job is meant", async () => {
  const asked: unknown[] = []
  const projects = new Map<string, JobId>()
  await using server = await startLiveServer({
    hubOptions: { resolve: async (id) => projects.get(id) },
    authorize: (_request, action, { jobId }) => {
      asked.push([action, jobId])
      return jobId === undefined
        ? { allowed: true, tenant: "default" }
        : { allowed: false, status: 403, message: "Not this one." }
    },
  })
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  projects.set("potpie", id)
  onTestFinished(() => expect(asked).toContainEqual(["job.read", id]))
  using plain = webSocketClient(`ws://${server.host}/ws/potpie`)
  expect((await plain.refused).status).toBe(403)
  using client = socketIoClient(server.url)
  expect(await client.socket.emitWithAck("join_project", "potpie")).toMatchObject({ ok: false, code: "FORBIDDEN" })
})
