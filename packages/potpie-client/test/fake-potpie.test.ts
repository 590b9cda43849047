import { describe, expect, it } from "vitest"
import { createFakePotpie } from "../src/testing/index.js"
import { converse, lineages, raw, startPair } from "./helpers/start-pair.js"

describe.each(lineages)("the fake server at %s", (lineage) => {
  it("checks in the server's order: JSON, key, fields, content, credits", async () => {
    await using fake = await createFakePotpie({ lineage, credits: 0 })
    const path = "/api/v2/conversations/c/message/"
    const noKey = { "x-api-key": "" }
    const status = async (body: unknown, headers = {}): Promise<number> =>
      (await raw(fake, path, { body, headers })).status
    expect(await status("{", noKey)).toBe(422)
    expect(await status({}, noKey)).toBe(401)
    expect(await status({})).toBe(422)
    expect(await status({ content: " " })).toBe(400)
    expect(await status({ content: "x" })).toBe(402)
    expect(fake.billed).toBe(0)
  })

  it("takes JSON only, with and without a slash at the end, and ignores what it does not know", async () => {
    await using fake = await createFakePotpie({ lineage })
    const body = { project_id: "p", query: "x", filters: [] }
    for (const path of ["/api/v2/search", "/api/v2/search/"]) expect((await raw(fake, path, { body })).status).toBe(200)
    for (const type of ["text/plain", "multipart/form-data"]) {
      const { status, json } = await raw(fake, "/api/v2/search", { body, headers: { "content-type": type } })
      expect(status).toBe(422)
      expect(json().detail[0].loc).toEqual(["body"])
    }
    expect((await raw(fake, "/api/v2/search")).headers.get("allow")).toBe("POST")
    expect((await raw(fake, "/api/v2/none")).status).toBe(404)
  })

  it("streams objects with nothing between them, in ASCII", async () => {
    const answers = [{ text: ["Zürich ", "💶"] }]
    await using pair = await startPair({ lineage, answers })
    const { conversationId } = await converse(pair)
    const { text, headers } = await raw(pair.fake, `/api/v2/conversations/${conversationId}/message`, {
      body: { content: "x" },
    })
    expect(headers.get("content-type")).toBe("text/event-stream; charset=utf-8")
    const rest = lineage === "J" ? "}" : ', "thinking": null}'
    const object = (message: string): string => `{"message": "${message}", "citations": [], "tool_calls": []${rest}`
    const placeholder = lineage === "L" ? object("") : ""
    expect(text).toBe(placeholder + object("Z\\u00fcrich ") + object("\\ud83d\\udcb6"))
  })

  it("breaks a run with nodes in a conversation", async () => {
    await using pair = await startPair({ lineage })
    const { conversationId } = await converse(pair)
    const path = `/api/v2/conversations/${conversationId}/message/`
    const body = { content: "x", node_ids: [{ node_id: "n", name: "n" }] }
    expect(await raw(pair.fake, `${path}?stream=false`, { body })).toMatchObject({ status: 500 })
    expect((await raw(pair.fake, path, { body })).status).toBe(200)
    expect((await raw(pair.fake, path, { body: { ...body, node_ids: ["n"] } })).status).toBe(422)
  })

  it("stays silent if a run ended before the stream began, but at L", async () => {
    await using pair = await startPair({ lineage, answers: [{ text: "Lost.", lostPieces: 1 }] })
    const { conversationId } = await converse(pair)
    const stream = pair.potpie.stream({ conversationId, content: "x", timeouts: { body: 300 } })
    const read = async (): Promise<string> => {
      for await (const _part of stream) continue
      return stream.soFar.text
    }
    if (lineage === "L") expect(await read()).toBe("Lost.")
    else await expect(read()).rejects.toMatchObject({ code: "POTPIE_TIMEOUT", phase: "body" })
  })
})

describe("the fake server", () => {
  it("listens on loopback, on the port it is told, and closes twice, with requests under way", async () => {
    const fake = await createFakePotpie()
    expect(fake.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    fake.failNext({ hang: "headers" })
    const hanging = raw(fake, "/health").catch(() => "broken")
    await expect.poll(() => fake.requests.length).toBe(1)
    await fake.close()
    await fake.close()
    expect(await hanging).toBe("broken")
    const port = Number(new URL(fake.url).port)
    await using again = await createFakePotpie({ port })
    expect(again.url).toBe(fake.url)
  })

  it("knows its lineages", async () => {
    await expect(createFakePotpie({ lineage: "M" as "S" })).rejects.toThrow("There is no lineage M")
  })
})
