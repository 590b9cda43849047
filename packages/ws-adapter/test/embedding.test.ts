import { request } from "node:http"
import { expect, test } from "vitest"
import { socketIoClient, webSocketClient } from "./helpers/clients.js"
import { curl } from "./helpers/event-stream.js"
import { eventually } from "./helpers/eventually.js"
import { analyze, startLiveServer } from "./helpers/live-server.js"

test("lives under a prefix, beside the routes and the bodies of the host", async () => {
  await using server = await startLiveServer({
    prefix: "/git",
    host: (app) => {
      app.post("/echo", async ({ body }) => body)
    },
  })
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  for (const transports of [["polling"], ["websocket"]] as ["polling"][]) {
    using client = socketIoClient(`http://${server.host}`, { path: "/git/socket.io/", transports })
    expect(await client.socket.emitWithAck("join_project", id)).toMatchObject({ ok: true })
  }
  using plain = webSocketClient(`ws://${server.host}/git/ws/${id}`)
  await eventually(() => plain.heard.length === 1)
  expect(await curl(`${server.url}/api/v1/events`, ["-I"])).toMatch(/^HTTP\/1.1 200 /)
  expect(JSON.parse((await curl(`${server.url}/asyncapi.json`)).split("\r\n\r\n")[1] ?? "")).toMatchObject({
    asyncapi: "3.0.0",
    channels: { webSocket: { address: "/git/ws/{id}" } },
  })
  const echo = await curl(`http://${server.host}/echo`, ["-H", "content-type: application/json", "-d", '{"a":1}'])
  expect(echo).toMatch(/\{"a":1\}$/)
  using elsewhere = webSocketClient(`ws://${server.host}/ws/${id}`)
  expect((await elsewhere.refused).status).toBe(404)
})

test("leaves handshakes at other paths to others who listen for them", async () => {
  await using server = await startLiveServer({
    host: (app) => {
      app.server.on("upgrade", ({ url }, socket) => {
        if (url === "/theirs") socket.end("HTTP/1.1 418 Theirs\r\nContent-Length: 0\r\n\r\n")
      })
    },
  })
  using theirs = webSocketClient(`ws://${server.host}/theirs`)
  expect((await theirs.refused).status).toBe(418)
})

test("answers requests that offer HTTP/2 as if they did not, with their bodies", async () => {
  await using server = await startLiveServer({
    host: (app) => {
      app.post("/echo", async ({ body }) => body)
    },
  })
  const answer = await new Promise<string>((resolve, reject) => {
    const headers = { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "AAMAAABkAAQAAP__" }
    const sent = request(`${server.url}/echo`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "content-length": "7" },
    })
    sent.on("error", reject)
    sent.on("response", (response) => response.on("data", (chunk) => resolve(String(chunk))))
    sent.end('{"a":1}')
  })
  expect(answer).toBe('{"a":1}')
})
