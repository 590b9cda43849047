import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cleanAnswerText, createAnswerCleaner } from "../src/index.js"

const pieces = fc.array(
  fc.constantFrom(
    "<think>",
    "</think>",
    "<",
    "<th",
    "ink>",
    "text ",
    "⏳ Setting up repository workspace, please wait...",
    "⏳",
    "[[",
    "[[SUBAGENT_ERROR]]",
    "\n",
  ),
)

describe("the cleaner of answers", () => {
  it("takes out thoughts, the banner and the marker", () => {
    const text =
      "⏳ Setting up repository workspace, please wait...<think>Hm, a <b>?</think>Refunds <i>live</i> here.\n"
    expect(cleanAnswerText(text)).toBe("Refunds <i>live</i> here.")
    expect(cleanAnswerText("One.<think>never closed")).toBe("One.")
    expect(cleanAnswerText("[[SUBAGENT_ERROR]]\nSorry.")).toBe("Sorry.")
    expect(cleanAnswerText("a < b, a <th")).toBe("a < b, a <th")
  })

  it("shows the same however the text is split", () => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 9 }), (texts, size) => {
        const text = texts.join("")
        const cleaner = createAnswerCleaner()
        let shown = ""
        for (let at = 0; at < text.length; at += size) shown += cleaner.push(text.slice(at, at + size))
        expect((shown + cleaner.end()).trim()).toBe(cleanAnswerText(text))
      }),
      { numRuns: 300 },
    )
  })

  it("holds back no more than what may become a mark", () => {
    const cleaner = createAnswerCleaner()
    expect(cleaner.push("Refunds live <")).toBe("Refunds live ")
    expect(cleaner.push("b>here")).toBe("<b>here")
  })
})
