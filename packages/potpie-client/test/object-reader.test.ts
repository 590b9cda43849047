import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createObjectReader } from "../src/answer/object-reader.js"
import { pythonJson } from "../src/testing/python-json.js"
import { failure } from "./helpers/start-pair.js"

const objects = fc.array(
  fc.record({
    message: fc.string({ unit: "binary" }),
    tool_calls: fc.array(fc.jsonValue()),
    nested: fc.dictionary(fc.string(), fc.jsonValue()),
  }),
  { maxLength: 6 },
)
const between = fc.constantFrom("", "\n", " \r\n\t", "\n\ndata: ", "data:")
const spelling = fc.constantFrom(JSON.stringify, pythonJson, (value: unknown) => JSON.stringify(value, null, 2))
const cuts = fc.array(fc.nat(), { maxLength: 30 })

function split(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const places = [...new Set([0, ...at.map((place) => place % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b)
  return places.slice(1).map((end, index) => bytes.subarray(places[index], end))
}

function readAll(pieces: readonly Uint8Array[]): { read: unknown[]; isInside: boolean } {
  const reader = createObjectReader()
  return { read: pieces.flatMap((piece) => reader.push(piece)), isInside: reader.isInside }
}

describe("the reader of streamed objects", () => {
  it("gives the same objects however the bytes are split, in characters too", () => {
    fc.assert(
      fc.property(objects, fc.tuple(between, spelling), cuts, (all, [separator, spell], at) => {
        const bytes = Buffer.from(all.map((one) => separator + spell(one)).join(""))
        expect(readAll(split(bytes, at))).toEqual({ read: JSON.parse(JSON.stringify(all)), isInside: false })
      }),
      { numRuns: 300 },
    )
  })

  it("notices where a stream stops inside an object, and gives what came before", () => {
    fc.assert(
      fc.property(objects, spelling, fc.nat(), (all, spell, cut) => {
        const texts = all.map((one) => Buffer.from(spell(one)))
        const bytes = Buffer.concat(texts).subarray(0, cut)
        const ends = texts.map((_, index) => Buffer.concat(texts.slice(0, index + 1)).length)
        const whole = ends.filter((end) => end <= bytes.length).length
        const { read, isInside } = readAll([bytes])
        expect(read).toEqual(JSON.parse(JSON.stringify(all.slice(0, whole))))
        expect(isInside).toBe(bytes.length > (ends[whole - 1] ?? 0))
      }),
    )
  })

  it.each(["<html>", "null", "{}{}x", "event: message", "{]}", "42", "{} }"])("refuses %s", async (text) => {
    const reading = async (): Promise<unknown> => readAll([Buffer.from(text)])
    expect(await failure(reading())).toMatchObject({ code: "POTPIE_BAD_RESPONSE", retryable: false })
  })

  it("looks at no character twice", () => {
    const reader = createObjectReader()
    const piece = Buffer.from("x".repeat(1000))
    const started = performance.now()
    reader.push(Buffer.from('{"message":"'))
    for (let count = 0; count < 4000; count++) reader.push(piece)
    expect(reader.push(Buffer.from('"}'))).toHaveLength(1)
    expect(performance.now() - started).toBeLessThan(5000)
  })
})
