import { describe, expect, it } from "vitest"
import { z } from "zod"
import { converse, failure, startPair } from "./helpers/start-pair.js"

const schema = z.object({ files: z.array(z.object({ path: z.string(), line: z.number() })) })

describe("ask with a schema", () => {
  it("gives the value, typed, beside the text", async () => {
    await using pair = await startPair({
      answers: [{ text: 'Sure:\n```json\n{"files": [{"path": "a.ts", "line": 3,}]}\n```' }],
    })
    const { projectId } = await converse(pair)
    const answer = await pair.potpie.ask({ projectId, content: "Which files? JSON only.", schema })
    expect(answer.value.files[0]?.line.toFixed(1)).toBe("3.0")
    expect(answer.text).toContain("Sure:")
    // The schema stays here.
    expect(pair.fake.requests.at(-1)?.body).toEqual({ content: "Which files? JSON only." })
  })

  it("takes the value that fits, if it is not the longest", async () => {
    const text = 'Not {"files": "many of them, I think, though I have not counted"} but {"files": []}.'
    await using pair = await startPair({ answers: [{ text }] })
    const { conversationId } = await converse(pair)
    expect((await pair.potpie.ask({ conversationId, content: "x", schema })).value).toEqual({ files: [] })
  })

  it.each([
    [
      "fits not",
      '{"files": [{"path": "a.ts", "line": "three"}]}',
      [{ path: ["files", 0, "line"], message: expect.any(String) }],
    ],
    ["is cut off", '```json\n{"files": [{"path": "a.ts", "line": 3}, {"path": "b', []],
    ["is prose", "I would rather talk about it.", []],
  ])("throws with the raw text if the answer %s, and does not ask again", async (_, text, issues) => {
    await using pair = await startPair({ answers: [{ text }] })
    const { projectId } = await converse(pair)
    const error = await failure(pair.potpie.ask({ projectId, content: "x", schema }))
    expect(error).toMatchObject({ code: "POTPIE_BAD_OUTPUT", retryable: false, raw: text, issues, answer: { text } })
    expect(pair.fake.billed).toBe(1)
  })

  it("takes any Standard Schema, asynchronous ones too", async () => {
    await using pair = await startPair({ answers: [{ text: "[1, 2]" }] })
    const { projectId } = await converse(pair)
    const sum = z.array(z.number()).transform(async (numbers) => numbers.reduce((one, other) => one + other))
    expect((await pair.potpie.ask({ projectId, content: "x", schema: sum })).value).toBe(3)
  })
})
