import { describe, expect, it } from "vitest"
import { drawings, emptyDrawings } from "./helpers/drawings.js"

// Written anew by `vitest -u`. Whoever does it looks at them.
describe.each(Object.entries(drawings))("%s", (name, draw) => {
  it.each(["light", "dark"] as const)("looks as it did, %s", async (theme) => {
    await expect(draw({ theme })).toMatchFileSnapshot(`golden/${name}.${theme}.svg`)
  })

  it("looks as it did, narrow and following the theme of the reader", async () => {
    const width = name === "sparkline" ? 60 : name === "card" ? 300 : 336
    await expect(draw({ width })).toMatchFileSnapshot(`golden/${name}.narrow.svg`)
  })

  it("says so when there is nothing", async () => {
    await expect(emptyDrawings[name]?.({ theme: "light" })).toMatchFileSnapshot(`golden/${name}.empty.svg`)
  })
})
