import { expect, test } from "vitest"
import { socketIoClient, webSocketClient } from "./helpers/clients.js"
import { curl } from "./helpers/event-stream.js"
import { eventually } from "./helpers/eventually.js"
import { analyze, startLiveServer } from "./helpers/live-server.js"
import type { Authorize } from "../src/index.js"

const access = { apiKeys: ["the-key"] }

test("with keys, each transport takes one in a header, and pages may send it otherwise", async () => {
  await using server = await startLiveServer({ access })
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  const extraHeaders = { authorization: "Bearer the-key" }
  for (const options of [{ extraHeaders }, { auth: { apiKey: "the-key" } }]) {
    using client = socketIoClient(server.url, options)
    expect(await client.socket.emitWithAck("join_project", id)).toMatchObject({ ok: true })
  }
  using header = webSocketClient(`ws://${server.host}/ws/${id}`, { headers: { "x-api-key": "the-key" } })
  await eventually(() => header.heard.length === 1)
  using page = webSocketClient(`ws://${server.host}/ws/${id}`)
  page.socket.on("open", () => page.socket.send('{"event":"authenticate","data":{"api_key":"the-key"}}'))
  await eventually(() => page.heard.length === 1)
  expect(page.heard).toMatchObject([{ event: "status_update", data: { status: "queued" } }])
  const head = ["-I", "-H", "x-api-key: the-key"]
  expect(await curl(`${server.url}/api/v1/jobs/${id}/events`, head)).toMatch(/^HTTP\/1.1 200 /)
})

test("without the right key, nobody hears anything", async () => {
  await using server = await startLiveServer({ access })
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  for (const auth of [{}, { apiKey: "another" }]) {
    using client = socketIoClient(server.url, { auth })
    const refusals: Error[] = []
    client.socket.on("connect_error", (error) => refusals.push(error))
    client.socket.emit("join_project", id)
    await eventually(() => refusals.length > 0)
    expect(refusals[0]).toMatchObject({ data: { code: "UNAUTHENTICATED", hint: expect.any(String) as string } })
    expect(client.heard).toEqual([])
  }
  using wrong = webSocketClient(`ws://${server.host}/ws/${id}`, { headers: { "x-api-key": "another" } })
  expect((await wrong.refused).status).toBe(401)
  using page = webSocketClient(`ws://${server.host}/ws/${id}`)
  page.socket.on("open", () => page.socket.send('{"event":"authenticate","data":{"api_key":"another"}}'))
  expect(await page.closed).toEqual({ code: 4401, reason: "UNAUTHENTICATED" })
  using nonsense = webSocketClient(`ws://${server.host}/ws/${id}`)
  nonsense.socket.on("open", () => nonsense.socket.send("let me in"))
  expect(await nonsense.closed).toEqual({ code: 4401, reason: "UNAUTHENTICATED" })
  expect([...page.heard, ...nonsense.heard].map(({ event }) => event)).toEqual(["join_error", "join_error"])
  expect(await curl(`${server.url}/api/v1/events`)).toMatch(/^HTTP\/1.1 401 [^]*www-authenticate: Bearer/i)
})

test("a key in a URL is refused, and the answer says how to send it", async () => {
  await using server = await startLiveServer({ access })
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  const answer = await curl(`${server.url}/api/v1/jobs/${id}/events?access_token=the-key`)
  expect(answer).toMatch(/^HTTP\/1.1 400 [^]*"code":"KEY_IN_URL"[^]*x-api-key/)
  expect(answer).not.toContain("the-key")
  using socket = webSocketClient(`ws://${server.host}/ws/${id}?access_token=the-key`)
  expect(await socket.refused).toMatchObject({ status: 400, body: expect.stringContaining("KEY_IN_URL") as string })
  using client = socketIoClient(server.url, { query: { access_token: "the-key" } })
  const refusals: Error[] = []
  client.socket.on("connect_error", (error) => refusals.push(error))
  await eventually(() => refusals.length > 0)
})

test("without keys, pages of other origins and other names of this machine are refused", async () => {
  await using server = await startLiveServer({
    corsOrigins: ["https://tools.example"],
    access: { corsOrigins: ["https://tools.example"] },
  })
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  for (const headers of [{ origin: "https://evil.example" }, { host: "rebound.example" }]) {
    using socket = webSocketClient(`ws://${server.host}/ws/${id}`, { headers })
    expect((await socket.refused).status).toBe(403)
    using client = socketIoClient(server.url, { extraHeaders: headers, transports: ["websocket"] })
    const refusals: Error[] = []
    client.socket.on("connect_error", (error) => refusals.push(error))
    await eventually(() => refusals.length > 0)
    const asCurl = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`])
    expect(await curl(`${server.url}/api/v1/events`, asCurl)).toMatch(/^HTTP\/1.1 403 /)
    expect(await curl(`${server.url}/socket.io/?EIO=4&transport=polling`, asCurl)).toMatch(/^HTTP\/1.1 403 /)
  }
  const allowed = ["-H", "Origin: https://tools.example"]
  const polled = await curl(`${server.url}/socket.io/?EIO=4&transport=polling`, allowed)
  expect(polled).toMatch(/^HTTP\/1.1 200 [^]*access-control-allow-origin: https:\/\/tools.example/i)
  const head = await curl(`${server.url}/api/v1/jobs/${id}/events`, ["-I", ...allowed])
  expect(head).toMatch(/^HTTP\/1.1 200 /)
  const preflight = ["-X", "OPTIONS", "-H", "Access-Control-Request-Headers: x-api-key"]
  expect(await curl(`${server.url}/api/v1/events`, [...preflight, ...allowed])).toMatch(
    /^HTTP\/1.1 204 (?=[^]*allow-origin: https:\/\/tools.example)[^]*allow-headers: [^\r]*x-api-key/i,
  )
  expect(await curl(`${server.url}/api/v1/events`, [...preflight, "-H", "Origin: https://evil.example"])).not.toMatch(
    /allow-origin/i,
  )
  await eventually(() => server.hub.connections.websocket === 0)
})

test("a job of another tenant does not exist, and the hook is asked about every join", async () => {
  const asked: string[] = []
  const authorize: Authorize = (request, action, { jobId }) => {
    asked.push(`${action} ${jobId === undefined ? "-" : "job"}`)
    return { allowed: true, tenant: String(request.headers["x-team"]) }
  }
  await using server = await startLiveServer({ authorize })
  const job = await server.runtime.client.forTenant("acme").enqueue(analyze, { repo: "owner/repo" })
  const path = `/api/v1/jobs/${job.id}/events`
  expect(await curl(server.url + path, ["-I", "-H", "x-team: globex"])).toMatch(/^HTTP\/1.1 404 /)
  expect(await curl(server.url + path, ["-I", "-H", "x-team: acme"])).toMatch(/^HTTP\/1.1 200 /)
  using socket = webSocketClient(`ws://${server.host}/ws/${job.id}`, { headers: { "x-team": "globex" } })
  expect(await socket.closed).toMatchObject({ code: 4404 })
  using client = socketIoClient(server.url, { extraHeaders: { "x-team": "globex" }, transports: ["websocket"] })
  asked.length = 0
  expect(await client.socket.emitWithAck("join_project", job.id)).toMatchObject({ ok: false, code: "JOB_NOT_FOUND" })
  await client.socket.emitWithAck("join_project", job.id)
  expect(asked).toEqual(["meta.read -", "job.read -", "job.read job", "job.read job"])
  expect(client.heard.map(({ event }) => event)).toEqual(["join_error", "join_error"])
})
