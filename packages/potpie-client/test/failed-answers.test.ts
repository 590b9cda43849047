import { describe, expect, it } from "vitest"
import { converse, failure, startPair } from "./helpers/start-pair.js"

describe("an answer that is a failure with status 200", () => {
  it.each([
    "Well.\n*An error occurred during multi-agent streaming*",
    "*An error occurred during streaming*\n",
    "Let me see. *An error occurred while executing tool 'bash'*",
    "[[SUBAGENT_ERROR]] it broke",
  ])("is told by its last words: %s", async (text) => {
    await using pair = await startPair({ lineage: "1.1.1", answers: [{ text }, { text: [text] }] })
    const { conversationId } = await converse(pair)
    const expected = { code: "POTPIE_ANSWER_FAILED", retryable: false, answer: { text }, sessionId: expect.any(String) }
    expect(await failure(pair.potpie.ask({ conversationId, content: "x" }))).toMatchObject(expected)
    expect(await failure(pair.potpie.stream({ conversationId, content: "x" }))).toMatchObject(expected)
    expect(pair.fake.billed).toBe(2)
  })

  it("is none if the text goes on", async () => {
    const text =
      "It logs *An error occurred during streaming* then.\n[[SUBAGENT_ERROR]] One agent broke.\n\nAll in all: yes."
    await using pair = await startPair({ lineage: "L", answers: [{ text }] })
    const { conversationId } = await converse(pair)
    expect(await pair.potpie.ask({ conversationId, content: "x" })).toMatchObject({ text })
  })

  it("is replaced whole at S", async () => {
    const text = "A long answer.\n[[SUBAGENT_ERROR]] One agent broke.\n\nAll in all: yes."
    await using pair = await startPair({ lineage: "S", answers: [{ text }] })
    const { conversationId } = await converse(pair)
    const error = await failure(pair.potpie.ask({ conversationId, content: "x" }))
    expect(error.answer?.text).toBe("[[SUBAGENT_ERROR]]\nThe operation could not be completed.")
  })

  it("is told by its silence", async () => {
    const answers = [{ nothing: true }, { nothing: true }, { nothing: true }, { text: "<think>Hm.</think>\n" }]
    await using pair = await startPair({ answers })
    const { conversationId, projectId } = await converse(pair)
    const content = "x"
    const calls = [
      () => pair.potpie.ask({ conversationId, content }),
      () => pair.potpie.ask({ projectId, content }),
      () => pair.potpie.stream({ conversationId, content }),
      () => pair.potpie.ask({ conversationId, content }),
    ]
    for (const call of calls) expect(await failure(call())).toMatchObject({ code: "POTPIE_ANSWER_EMPTY" })
    expect(pair.fake.billed).toBe(4)
  })
})
