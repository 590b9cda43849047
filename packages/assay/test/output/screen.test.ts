import { describe, expect, it } from "vitest"
import { asShown, recordingScreen } from "../helpers/recording-screen.js"

describe("a screen that somebody watches", () => {
  it("keeps the moving line at the bottom, below lines that stay", () => {
    const { screen, written } = recordingScreen({ interactive: true })
    screen.live("10 %")
    screen.live("20 %")
    screen.line("one thing is done")
    screen.live("30 %")
    expect(asShown(written())).toEqual(["one thing is done", "30 %"])
    screen.live(undefined)
    screen.line("all is done")
    expect(asShown(written())).toEqual(["one thing is done", "all is done", ""])
  })
})

describe("a screen that nobody watches", () => {
  it("has no moving line, and no escape sequences", () => {
    const { screen, written } = recordingScreen({ interactive: false })
    screen.live("10 %")
    screen.line("one thing is done")
    screen.live(undefined)
    expect(written()).toBe("one thing is done\n")
  })
})
