import { createServer } from "node:net"
import { once } from "node:events"
import { describe, expect, it } from "vitest"
import { createPotpieClient } from "../src/index.js"
import { converse, failure, startPair } from "./helpers/start-pair.js"

describe("timeouts", () => {
  it("end a connection that does not come about, and a message was not sent then", async () => {
    // It takes connections and never speaks TLS.
    const server = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1")
    await once(server, "listening")
    const { port } = server.address() as { port: number }
    const potpie = createPotpieClient({ apiKey: "sk-x", baseUrl: `https://127.0.0.1:${port}`, retry: { retries: 0 } })
    const error = await failure(potpie.ask({ projectId: "p", content: "x", timeouts: { connect: 30 } }))
    expect(error).toMatchObject({ code: "POTPIE_TIMEOUT", phase: "connect", retryable: true })
    server.close()
  })

  it("end a wait for headers", async () => {
    await using pair = await startPair({ answers: [{ hang: "headers" }, { delayMs: 60_000 }] })
    const { conversationId } = await converse(pair)
    pair.fake.failNext({ hang: "headers", path: "/api/v2/projects/list", times: 9 })
    const timeouts = { headers: 30 }
    const slow = await failure(pair.potpie.projects({ timeouts }))
    expect(slow).toMatchObject({ code: "POTPIE_TIMEOUT", phase: "headers", retryable: true })
    const error = await failure(pair.potpie.ask({ conversationId, content: "x", timeouts }))
    expect(error).toMatchObject({ code: "POTPIE_TIMEOUT", phase: "headers", retryable: false })
    expect(error.hint).toContain("bills again")
    expect(
      await failure(pair.potpie.ask({ projectId: pair.fake.projects[0]?.id ?? "", content: "x", timeouts })),
    ).toMatchObject({ phase: "headers" })
    expect(pair.fake.billed).toBe(2)
  })

  it("end a silent body", async () => {
    await using pair = await startPair({ answers: [{ text: ["One ", "two"], gapMs: 60_000 }, { hang: "body" }] })
    const { conversationId } = await converse(pair)
    for (const expected of ["One ", "A made-up answer to: "]) {
      const error = await failure(pair.potpie.stream({ conversationId, content: "x", timeouts: { body: 300 } }))
      expect(error).toMatchObject({
        code: "POTPIE_TIMEOUT",
        phase: "body",
        retryable: false,
        answer: { text: expected },
      })
    }
    pair.fake.failNext({ hang: "body", times: 9 })
    const timeouts = { body: 30 }
    expect(await failure(pair.potpie.projects({ timeouts }))).toMatchObject({ phase: "body", retryable: true })
  })

  it("do not count the time that the reader takes", async () => {
    await using pair = await startPair({ answers: [{ text: ["One ", "two"] }] })
    const { conversationId } = await converse(pair)
    const stream = pair.potpie.stream({ conversationId, content: "x", timeouts: { body: 300 } })
    for await (const _part of stream) await new Promise((resolve) => setTimeout(resolve, 400))
    expect(stream.soFar.text).toBe("One two")
  })
})
