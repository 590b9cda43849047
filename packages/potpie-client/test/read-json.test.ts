import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { findJson, readJson } from "../src/index.js"

const strings = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("[1, 2, ]", "{x,}", "```js\nf([1,], {a: 1,})\n```", '"', "\\", "<think>", "// no comment", "}", "]"),
)
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    strings,
    tie("members"),
  ),
  members: fc.oneof(fc.array(tie("value"), { maxLength: 4 }), fc.dictionary(strings, tie("value"), { maxKeys: 4 })),
}))
const spaces = fc.constantFrom(undefined, 1, 2, "\t")
const normal = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
const prose = fc.constantFrom(
  "",
  "Here it is:",
  "I found {two} places, [see below]:\n",
  "As f(x) { return [y] } shows,\n\n",
  "Format: [path, line].\n",
)
const fence = fc.constantFrom(["", ""], ["```json\n", "\n```"], ["```\n", "\n```"], ["~~~\n", "\n~~~"])

describe("the reader of JSON in answers", () => {
  it("reads what JSON.parse reads as JSON.parse does", () => {
    fc.assert(
      fc.property(values.value, spaces, (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        expect(readJson(text)).toEqual(normal(value))
      }),
    )
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(readJson(` ${text}\n`)).toEqual(JSON.parse(text))
      }),
    )
  })

  it("finds it amid prose and in fences, with fences in its strings, unchanged", () => {
    fc.assert(
      fc.property(fc.tuple(values.members, spaces), prose, fence, ([value, indent], before, [open, close]) => {
        const wrapped = [value, "a string that makes it longer than any prose before it {}, [] would be"]
        const text = `${before}${open}${JSON.stringify(wrapped, null, indent)}${close}\n\nI hope this helps (or [not]).`
        expect(readJson(text)).toEqual(normal(wrapped))
      }),
      { numRuns: 300 },
    )
  })

  it("forgives one comma after the last element, and edits nothing inside strings", () => {
    fc.assert(
      fc.property(strings, strings, (one, two) => {
        const [a, b] = [JSON.stringify(one), JSON.stringify(two)]
        expect(readJson(`So:\n{"list": [${a}, ${b},\n], "last": ${a} , }`)).toEqual({ list: [one, two], last: one })
      }),
    )
  })

  it("keeps line breaks and tabs that were written into a string", () => {
    expect(readJson('```json\n{"code": "if (x) {\n\tf([1,])\n}"}\n```')).toEqual({ code: "if (x) {\n\tf([1,])\n}" })
  })

  it("survives the answer that used to be cut at the first fence inside a snippet", () => {
    const value = { snippets: [{ code: "```js\ncall([1, 2, ], { x, })\n```" }], count: 1 }
    expect(readJson(`Sure.\n\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\`\nDone.`)).toEqual(value)
    expect(readJson(`\`\`\`json\n{"code": "\`\`\`js\nf({x,})\n\`\`\`"}\n\`\`\``)).toEqual({
      code: "```js\nf({x,})\n```",
    })
  })

  it.each([
    ["two commas", "[1,,]"],
    ["a comma alone", "[,]"],
    ["a comma in an empty object", "{,}"],
    ["a hole", "[1,,2]"],
    ["no comma", '{"a": 1 "b": 2}'],
    ["single quotes", "{'a': 1}"],
    ["a wrong escape", '{"a": "\\d"}'],
    ["a number that is none", '{"a": 01}'],
    ["words", '{"a": undefined}'],
    ["prose", "There is nothing here."],
    ["nothing", ""],
  ])("does not guess: %s", (_, text) => {
    expect(findJson(text)).toEqual([])
    expect(readJson(text)).toBeUndefined()
  })

  it("does not pass a piece of a broken or cut value for the whole", () => {
    const broken = [
      '{"files": [{"a": 1}, {"b": 2}',
      '[{"a": [1, 2]}, {"b": [3',
      '{"a": oops, "list": [1, 2]}',
      '[[1, 2], {"a": "x',
    ]
    for (const text of broken) expect(findJson(text)).toEqual([])
    expect(readJson('It looks like {"files": [...]}:\n{"files": ["a"]}')).toEqual({ files: ["a"] })
  })

  it("offers the longest first, and tells where each is", () => {
    const text = 'See [1] and {"a": [2, 3]} and {}.'
    expect(findJson(text).map(({ start, end }) => text.slice(start, end))).toEqual(['{"a": [2, 3]}', "[1]", "{}"])
  })

  it("reads no thoughts, but strings that mention them", () => {
    expect(readJson('<think>Perhaps {"a": [1, 2, 3]}?</think>{"a": [1]}')).toEqual({ a: [1] })
    expect(readJson('<think>Perhaps {"a": 1}')).toBeUndefined()
    expect(readJson('Well: {"tag": "<think>kept</think>"}')).toEqual({ tag: "<think>kept</think>" })
  })

  it("reads a lone string or number in a fence", () => {
    expect(readJson('```json\n"yes"\n```')).toBe("yes")
    expect(readJson("```\n42\n```\n")).toBe(42)
  })

  it("makes own members of dangerous names", () => {
    const value = readJson('x {"__proto__": {"polluted": true},}') as object
    expect(Object.keys(value)).toEqual(["__proto__"])
    expect({}).not.toHaveProperty("polluted")
  })

  it.each([
    ["brackets", "[".repeat(200_000)],
    ["open lists", "[1,".repeat(100_000)],
    ["open objects", '{"a":'.repeat(100_000)],
    ["pairs", "{}[]".repeat(50_000)],
    ["quotes", '["'.repeat(100_000)],
    ["thoughts", "<think>".repeat(50_000)],
    ["fences", "```\n".repeat(50_000)],
    ["backslashes", '{"' + "\\".repeat(200_000)],
  ])("takes little time over many %s", (_, text) => {
    const started = performance.now()
    findJson(text)
    expect(performance.now() - started).toBeLessThan(3000)
  })
})
