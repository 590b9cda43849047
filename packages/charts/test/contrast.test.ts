import { describe, expect, it } from "vitest"
import { palette } from "../src/drawing/palette.js"
import { contrast } from "./helpers/contrast.js"
import { drawings } from "./helpers/drawings.js"
import { parseSvg, type SvgElement } from "./helpers/parse-svg.js"

const themes = ["light", "dark"] as const
const names = (pattern: RegExp) => Object.keys(palette).filter((name) => pattern.test(name))

it("computes as WCAG does", () => {
  expect(contrast("#000000", "#ffffff")).toBe(21)
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2)
})

describe.each(themes)("%s", (theme) => {
  const at = theme === "light" ? 0 : 1
  const colour = (name: string) => palette[name]![at]

  it.each(["text", "muted", "accent"])("shows %s on the surface at 4.5 or more", (name) => {
    expect(contrast(colour(name), colour("surface"))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(names(/^([ckl]\d+|others|line|accent)$/))("shows marks of %s on the surface at 3 or more", (name) => {
    expect(contrast(colour(name), colour("surface"))).toBeGreaterThanOrEqual(3)
  })

  it.each(Object.entries(drawings))("can be read and seen wherever there is text: %s", (_, draw) => {
    const elements = parseSvg(draw({ theme }))
    const style = elements.find(({ name }) => name === "style")!.text
    const declared = new Map(
      [...style.matchAll(/--assay-([\w-]+):(#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value!]),
    )
    const filled = (element: SvgElement) => {
      const name = /assay-fill-([\w-]+)/.exec(element.attributes["class"] ?? "")?.[1]
      return name ? declared.get(name)! : element.attributes["fill"]!
    }
    let texts = 0
    elements.forEach((element, index) => {
      if (element.name !== "text") return
      texts++
      // The last rectangle drawn before it that holds its middle is what it stands on.
      const x = Number(element.attributes["x"]) + ({ middle: 0, end: -3 }[element.attributes["text-anchor"] ?? ""] ?? 3)
      const y = Number(element.attributes["y"]) - 3
      const below = elements.slice(0, index).filter(({ name, attributes }) => {
        const [left, top] = [Number(attributes["x"] ?? 0), Number(attributes["y"] ?? 0)]
        const [width, height] = [Number(attributes["width"]), Number(attributes["height"])]
        return name === "rect" && x >= left && x <= left + width && y >= top && y <= top + height
      })
      const ground = filled(below.at(-1)!)
      expect(contrast(filled(element), ground), `"${element.text}" on ${ground}`).toBeGreaterThanOrEqual(4.5)
    })
    expect(texts).toBeGreaterThan(0 - Number(_ === "sparkline"))
  })
})

it("gives every mark whose colour may be as bright as the surface an outline", () => {
  for (const name of ["hotspot-treemap", "languages-bar"]) {
    const tiles = parseSvg(drawings[name]!()).filter(
      ({ name: kind, attributes }) =>
        kind === "rect" && (attributes["fill"] ?? /fill-h\d/.exec(attributes["class"] ?? "")),
    )
    expect(tiles.length).toBeGreaterThan(5)
    for (const tile of tiles) expect(tile.attributes["class"]).toContain("assay-stroke-line")
  }
})
