import { describe, expect, test } from "vitest"
import { readAnswer } from "../src/answer/read-answer.js"
import { goodAnswer, goodText } from "./helpers/answers.js"

const overview = { question: undefined }
const asked = { question: "How are refunds made?" }
const read = (value: unknown) => readAnswer(JSON.stringify(value), overview)
const oneSnippet = (snippet: unknown) => read({ snippets: [snippet] }).snippets[0]

describe("an answer is found", () => {
  test.each([
    ["alone", goodText],
    ["in a fence", `\`\`\`json\n${goodText}\n\`\`\``],
    ["amid prose", `Here you are:\n\n${goodText}\n\nAnything else?`],
    ["behind reasoning that tries others", `<think>{"snippets": []} or so</think>${goodText}`],
    ["behind the banner of the workspace", `⏳ Setting up repository workspace, please wait...${goodText}`],
    ["with one comma too many", goodText.replace(/\}$/, ",}")],
    ["beside smaller JSON", `Like {"a": 1}, and so: ${goodText}`],
  ])("%s", (_, text) => {
    for (const question of [overview, asked]) {
      const answer = readAnswer(text, question)
      expect(answer.response).toEqual(goodAnswer.analysis_response)
      expect(answer.snippets.map(({ code }) => code)).toEqual(goodAnswer.snippets.map(({ code }) => code ?? undefined))
      expect(answer.metadata).toEqual({ model: "made-up" })
    }
  })

  test("with code that looks like fences, commas and braces, to the last character", () => {
    const code = '```js\nf([1,2,], {x,})\n```\t// "quoted" \\n 👩‍👩‍👧 </think>'
    expect(oneSnippet({ file_path: "a.js", code, line_start: 1, line_end: 3 })!.code).toBe(code)
  })
})

describe("what a snippet is called does not matter", () => {
  const place = {
    nodeId: "a.ts:3-5",
    filePath: "a.ts",
    code: "x",
    lineStart: 3,
    lineEnd: 5,
    tags: [],
    description: undefined,
  }
  test.each([
    ["as it was asked for", { file_path: "a.ts", code: "x", line_start: 3, line_end: 5 }],
    ["numbers as text", { file_path: "a.ts", code: "x", line_start: "3", line_end: "5" }],
    ["a range", { file: "a.ts", content: "x", lines: "3-5" }],
    ["a range with letters", { path: "a.ts", snippet: "x", lines: "L3-L5" }],
    ["a list", { filePath: "a.ts", code: "x", lines: [3, 5] }],
    ["an object", { filePath: "a.ts", code: "x", lines: { start: 3, end: 5 } }],
    ["other words", { filename: "a.ts", source: "x", startLine: 3, endLine: 5 }],
    ["the name alone", { node_id: "a.ts:3-5", code: "x" }],
  ])("%s", (_, snippet) => expect(oneSnippet(snippet)).toEqual(place))

  test("and what makes no sense is left out", () => {
    expect(
      oneSnippet({ file_path: "a.ts", code: null, line_start: -3, line_end: "?", tags: "api, core", description: 7 }),
    ).toEqual({
      ...{ nodeId: "a.ts", filePath: "a.ts", code: undefined, lineStart: undefined, lineEnd: undefined },
      ...{ tags: ["api", "core"], description: "7" },
    })
    expect(oneSnippet({ code: "x", tags: [1, "a", null] })).toMatchObject({ nodeId: "snippet-1", tags: ["a"] })
    expect(oneSnippet("x")).toMatchObject({ nodeId: "snippet-1", code: "x" })
  })
})

describe("what stands beside is kept", () => {
  test.each<[string, unknown, unknown]>([
    ["in the response", { analysis_response: { a: 1 }, extra: [2], metadata: {} }, { a: 1, extra: [2] }],
    ["without writing over it", { analysis_response: { a: 1 }, a: 2 }, { a: 1 }],
    ["beside a text", { analysis_response: "So.", note: "n" }, { analysis_response: "So.", note: "n" }],
    ["nothing beside a text", { answer: "So." }, "So."],
    ["an architecture", { architecture: "So." }, "So."],
    ["beside snippets", { snippets: [{ code: "x" }], summary: "s" }, { summary: "s" }],
    ["only snippets", [{ file_path: "a", code: "x" }], {}],
  ])("%s", (_, value, response) => expect(read(value).response).toEqual(response))
})

describe("with a question", () => {
  test.each([
    ["prose", "By `refund()`, in src/refunds.ts.", "By `refund()`, in src/refunds.ts."],
    ["prose without its reasoning", "<think>Hm.</think>By refund().", "By refund()."],
    ["prose that quotes other JSON", 'Set this in the settings, and restart: {"refunds": true}', undefined],
  ])("%s is an answer", (_, text, response) => {
    expect(readAnswer(text, asked)).toEqual({ response: response ?? text, snippets: [], metadata: {} })
  })
})

describe("no answer is", () => {
  const bad: [string, string][] = [
    ["our JSON, broken", '{"snippets": [{"code": "a" "b"}], "analysis_response": "x"}'],
    ["our JSON, broken, amid prose", 'Here it is, my dear friend: {"snippets": [{"code": }]}'],
    ["our JSON, cut off", goodText.slice(0, 250)],
    ["JSON without content", '{"snippets": [], "analysis_response": {"overview": ""}}'],
    ["JSON of another kind", '{"error": "no access"}'],
    ["JSON of another kind in a fence", 'Here:\n```json\n{"error": "no access"}\n```'],
    ["snippets that are none", '{"snippets": "many"}'],
    ["a snippet without code or file", '{"snippets": [{"description": "x"}], "analysis_response": "y"}'],
    ["a list of anything", "[1, 2]"],
  ]
  test.each(bad)("%s", (_, text) => {
    for (const question of [overview, asked]) {
      expect(() => readAnswer(text, question)).toThrow(
        expect.objectContaining({ code: "POTPIE_BAD_OUTPUT", raw: text, retryable: false }),
      )
    }
  })

  test("prose to the built-in prompt", () => {
    expect(() => readAnswer("It is a shop.", overview)).toThrow(expect.objectContaining({ code: "POTPIE_BAD_OUTPUT" }))
  })
})

test("what no database keeps is replaced, and nothing else", () => {
  const answer = readAnswer('{"answer": {"a\\u0000b": "c\\ud800d 👩"}}', overview)
  expect(answer.response).toEqual({ "a\uFFFDb": "c\uFFFDd 👩" })
})
