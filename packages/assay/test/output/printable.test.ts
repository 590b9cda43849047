import { describe, expect, it } from "vitest"
import { displayWidth, padEnd, printable, shorten, shortenPath } from "../../src/output/printable.js"

describe("printable", () => {
  it("takes from text what a terminal would obey", () => {
    expect(printable("Eve\u001b[2J\u0007\r\n\u202eevil\u009b31m")).toBe(
      "Eve\ufffd[2J\ufffd\ufffd\ufffd\ufffdevil\ufffd31m",
    )
  })

  it("leaves names of all languages alone", () => {
    expect(printable("Zoë 张伟 Ñandú")).toBe("Zoë 张伟 Ñandú")
  })
})

describe("columns", () => {
  it.each([
    ["abc", 3],
    ["Zoë", 3],
    ["张伟", 4],
    ["👩‍💻!", 3],
  ])("of %s are counted as a terminal shows them", (text, width) => {
    expect(displayWidth(text)).toBe(width)
    expect(displayWidth(padEnd(text, 10))).toBe(10)
  })

  it("are cut at the end of names and at the beginning of paths", () => {
    expect(shorten("Bartholomew", 6)).toBe("Barth…")
    expect(shorten("张伟张伟", 6)).toBe("张伟…")
    expect(shortenPath("src/deep/inside/file.ts", 10)).toBe("…e/file.ts")
    expect(shortenPath("file.ts", 10)).toBe("file.ts")
  })
})
