import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { card, couplingGraph, languagesBar } from "../src/index.js"
import { drawings, emptyDrawings } from "./helpers/drawings.js"
import { hostileDrawings } from "./helpers/hostile.js"
import { parseSvg } from "./helpers/parse-svg.js"

const all = [
  ...Object.entries(drawings).map(([name, draw]) => [name, draw] as const),
  ...Object.entries(emptyDrawings).map(([name, draw]) => [`${name} of nothing`, draw] as const),
  ...Object.entries(hostileDrawings).map(([name, draw]) => [`${name} of hostile text`, draw] as const),
]

// What draws and describes; nothing that runs, loads or links.
const allowed = new Set(["svg", "desc", "style", "title", "text", "rect", "path", "line", "circle"])

describe.each(all)("%s", (_, draw) => {
  it("is well-formed, runs nothing and loads nothing", () => {
    const svg = draw()
    const elements = parseSvg(svg)
    for (const { name, attributes } of elements) {
      expect(allowed).toContain(name)
      for (const key of Object.keys(attributes)) expect(key).not.toMatch(/^(on|style$|href|xlink|src)/i)
    }
    expect(elements.filter(({ name }) => name === "style")).toHaveLength(1)
    expect(svg).not.toMatch(/url\(|@import|NaN|undefined|Infinity/)
    // What would turn the rest of a line around, or hide in it.
    expect(svg).not.toMatch(
      // eslint-disable-next-line no-control-regex
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/,
    )
    expect(svg).toBe(Buffer.from(svg).toString())
  })

  it("says what is to be seen in a sentence", () => {
    const { attributes } = parseSvg(draw())[0]!
    expect(attributes).toMatchObject({ role: "img", xmlns: "http://www.w3.org/2000/svg" })
    expect(attributes["aria-label"]!.length).toBeGreaterThan(8)
    expect(attributes["aria-label"]!.length).toBeLessThanOrEqual(600)
  })

  it("has ids of its own, by the prefix", () => {
    const ids = parseSvg(draw({ prefix: "mine" })).flatMap(({ attributes }) => attributes["id"] ?? [])
    for (const id of ids) expect(id).toMatch(/^mine-/)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it("has no style of its own on a page that has it", () => {
    const elements = parseSvg(draw({ style: "page" }))
    expect(elements.filter(({ name }) => name === "style")).toEqual([])
    expect(elements[0]!.attributes["class"]).toBe("assay-chart")
  })
})

it("names every mark", () => {
  for (const name of [
    "calendar",
    "activity-by-author",
    "hotspot-treemap",
    "ownership",
    "languages-bar",
    "burndown-stack",
    "coupling-graph",
    "punch-card",
  ]) {
    const elements = parseSvg(drawings[name]!())
    const titles = elements.filter((element) => element.name === "title" && element.parent?.name !== "text")
    const marks = elements.filter(
      ({ name: kind, attributes }) =>
        ["rect", "path", "circle"].includes(kind) &&
        /assay-(fill|stroke)-([chkl]\d+|accent)\b/.test(attributes["class"] ?? ""),
    )
    expect(titles.length, name).toBeGreaterThan(4)
    // Dots where arcs begin, and legs of labels, belong to what is named.
    const named = marks.filter((mark) =>
      elements.some((element) => element.name === "title" && element.parent === mark),
    )
    const bare = marks.filter((mark) => !named.includes(mark))
    for (const mark of bare)
      expect(
        mark.attributes["r"] === "2.5" || mark.attributes["fill"] === "none",
        JSON.stringify(mark.attributes),
      ).toBe(true)
  }
})

it("writes any text at all", () => {
  const text = fc.string({ unit: "binary", maxLength: 300 })
  fc.assert(
    fc.property(text, text, (first, second) => {
      parseSvg(card({ name: first, asOf: second }, { title: second }))
      parseSvg(languagesBar({ languages: [{ name: first, bytes: 1, color: second }] }))
      parseSvg(couplingGraph({ pairs: [{ first, second, degree: 50, shared: 5 }] }))
    }),
    { numRuns: 300, seed: 7 },
  )
  const units = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes))
  fc.assert(
    fc.property(units, (name) => void parseSvg(card({ name }))),
    { numRuns: 500, seed: 8 },
  )
})
