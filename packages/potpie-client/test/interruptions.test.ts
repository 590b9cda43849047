import { describe, expect, it } from "vitest"
import { PotpieError } from "../src/index.js"
import { collect, converse, failure, lineages, startPair } from "./helpers/start-pair.js"

describe.each(lineages)("an interrupted answer at %s", (lineage) => {
  it("is surfaced with what arrived, and never sent again", async () => {
    await using pair = await startPair({ lineage, answers: [{ text: ["One ", "two".repeat(99)], cutAfterBytes: 200 }] })
    const { conversationId } = await converse(pair)
    const stream = pair.potpie.stream({ conversationId, content: "x" })
    const error = await failure(stream)
    expect(error).toMatchObject({ code: "POTPIE_INTERRUPTED", retryable: false, sessionId: stream.sessionId })
    expect(error.answer?.text).toMatch(/^One /)
    expect(error.answer).toEqual(stream.soFar)
    expect(error.hint).toContain("bills again")
    expect(pair.fake.billed).toBe(1)
  })

  it("is noticed when the stream ends properly inside an object", async () => {
    await using pair = await startPair({ lineage, answers: [{ text: ["One ", "two".repeat(99)], endAfterBytes: 150 }] })
    const { conversationId } = await converse(pair)
    const error = await failure(pair.potpie.stream({ conversationId, content: "x" }))
    expect(error).toMatchObject({ code: "POTPIE_INTERRUPTED", retryable: false })
    expect(pair.fake.billed).toBe(1)
  })

  it("is surfaced when it comes whole, too", async () => {
    const answers = [{ cutAfterBytes: 10 }, { cutAfterBytes: 10 }]
    await using pair = await startPair({ lineage, answers })
    const { conversationId, projectId } = await converse(pair)
    for (const about of [{ conversationId }, { projectId }]) {
      const error = await failure(pair.potpie.ask({ ...about, content: "x" } as { projectId: string; content: string }))
      expect(error).toMatchObject({ code: "POTPIE_INTERRUPTED", retryable: false })
    }
    expect(pair.fake.billed).toBe(2)
  })

  it("is not sent again when the connection breaks before the status line", async () => {
    await using pair = await startPair({ lineage })
    const { conversationId } = await converse(pair)
    pair.fake.failNext({ loseAnswer: true, times: 2 })
    expect(await failure(pair.potpie.ask({ conversationId, content: "x" }))).toMatchObject({
      code: "POTPIE_INTERRUPTED",
    })
    expect(await failure(pair.potpie.stream({ conversationId, content: "x" }))).toMatchObject({ retryable: false })
    expect(pair.fake.billed).toBe(2)
  })
})

describe("streams", () => {
  it("send nothing before they are read, and are read once", async () => {
    await using pair = await startPair()
    const { conversationId } = await converse(pair)
    const stream = pair.potpie.stream({ conversationId, content: "x" })
    expect(pair.fake.billed).toBe(0)
    await collect(stream)
    expect(() => stream[Symbol.asyncIterator]()).toThrow(PotpieError)
    expect(pair.fake.billed).toBe(1)
  })

  it("let the run go on when the reader leaves", async () => {
    await using pair = await startPair({ answers: [{ text: ["One ", "two"], gapMs: 30 }] })
    const { conversationId } = await converse(pair)
    for await (const _part of pair.potpie.stream({ conversationId, content: "x" })) break
    await expect.poll(() => pair.fake.runs[0]?.end).toBe("completed")
  })

  it("name each run afresh", async () => {
    await using pair = await startPair()
    const { conversationId } = await converse(pair)
    for (let count = 0; count < 2; count++) await collect(pair.potpie.stream({ conversationId, content: "x" }))
    await collect(pair.potpie.stream({ conversationId, content: "x", sessionId: "same" }))
    await collect(pair.potpie.stream({ conversationId, content: "x", sessionId: "same" }))
    const names = pair.fake.runs.map(({ sessionId }) => sessionId)
    expect(new Set(names).size).toBe(4)
    expect(names.slice(2)).toEqual(["same", "same-1"])
  })
})
