import { afterEach, expect, it, vi } from "vitest"
import {
  activityByAuthor,
  calendar,
  couplingGraph,
  hotspotTreemap,
  languagesBar,
  ownership,
  renderReport,
} from "../src/index.js"
import { drawings } from "./helpers/drawings.js"
import { sampleReport } from "./helpers/report.js"
import * as samples from "./helpers/samples.js"

afterEach(() => void vi.restoreAllMocks())

it("reads no clock, rolls no dice and asks for no locale", () => {
  const before = Object.values(drawings).map((draw) => draw())
  const report = renderReport(sampleReport)
  vi.useFakeTimers({ now: new Date("1999-12-31T23:59:59Z"), toFake: ["Date"] })
  const refuse = () => {
    throw new Error("this is not the same everywhere")
  }
  vi.spyOn(Math, "random").mockImplementation(refuse)
  vi.spyOn(Date, "now").mockImplementation(refuse)
  vi.spyOn(Number.prototype, "toLocaleString").mockImplementation(refuse)
  vi.spyOn(String.prototype, "localeCompare").mockImplementation(refuse)
  try {
    expect(Object.values(drawings).map((draw) => draw())).toEqual(before)
    expect(renderReport(sampleReport)).toBe(report)
  } finally {
    vi.useRealTimers()
  }
})

it("does not depend on the order of what has none", () => {
  const reversed = <Entry>(entries: readonly Entry[]) => [...entries].reverse()
  const days = samples.sampleCalendar()
  expect(calendar({ days: reversed(days.days) })).toBe(calendar(days))
  const activity = samples.sampleActivity()
  expect(activityByAuthor({ ...activity, authors: reversed(activity.authors) })).toBe(activityByAuthor(activity))
  const hotspots = samples.sampleHotspots()
  expect(hotspotTreemap({ files: reversed(hotspots.files) })).toBe(hotspotTreemap(hotspots))
  const owned = samples.sampleOwnership()
  expect(ownership({ ...owned, directories: reversed(owned.directories) })).toBe(ownership(owned))
  expect(languagesBar({ languages: reversed(samples.sampleLanguages.languages) })).toBe(
    languagesBar(samples.sampleLanguages),
  )
})

it("leaves the data as it was", () => {
  const freeze = <Value>(value: Value): Value => {
    if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
    return value
  }
  calendar(freeze(samples.sampleCalendar()))
  activityByAuthor(freeze(samples.sampleActivity()))
  couplingGraph(freeze(samples.sampleCoupling()))
  hotspotTreemap(freeze(samples.sampleHotspots()))
})
