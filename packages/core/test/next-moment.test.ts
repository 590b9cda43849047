import { describe, expect, it } from "vitest"
import type { ScheduleOptions } from "../src/index.js"
import { nextMoment, recurrenceOf } from "../src/next-moment.js"

/** The first `count` moments after `after`. */
function moments(options: ScheduleOptions, after: string, count: number): (string | undefined)[] {
  const recurrence = recurrenceOf(options)
  const found: (string | undefined)[] = []
  for (let last: Date | undefined = new Date(after); last && found.length < count;) {
    last = nextMoment(recurrence, last)
    found.push(last?.toISOString().replace(/:00\.000Z$/, "Z"))
  }
  return found
}

const berlin = "Europe/Berlin"

describe("the moments of a cron expression", () => {
  it("are in UTC, unless a time zone is named", () => {
    expect(moments({ cron: "30 3 * * *" }, "2026-07-01T12:00:00Z", 1)).toEqual(["2026-07-02T03:30Z"])
    expect(moments({ cron: "30 3 * * *", timezone: berlin }, "2026-07-01T12:00:00Z", 1)).toEqual(["2026-07-02T01:30Z"])
  })

  it("come once a day where the clock is put forward, at the first moment there is", () => {
    const found = moments({ cron: "30 2 * * *", timezone: berlin }, "2026-03-28T00:00:00Z", 3)
    expect(found).toEqual(["2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"])
  })

  it("come once a day where the clock is put back, the first time round", () => {
    const found = moments({ cron: "30 2 * * *", timezone: berlin }, "2026-10-24T00:00:00Z", 3)
    expect(found).toEqual(["2026-10-24T00:30Z", "2026-10-25T00:30Z", "2026-10-26T01:30Z"])
  })

  it("follow the time that passes where they repeat within the day", () => {
    const half = { cron: "*/30 * * * *", timezone: berlin }
    const back = ["2026-10-25T00:30Z", "2026-10-25T01:00Z", "2026-10-25T01:30Z", "2026-10-25T02:00Z"]
    expect(moments(half, "2026-10-25T00:00:00Z", 4)).toEqual(back)
    const forward = ["2026-03-29T00:30Z", "2026-03-29T01:00Z", "2026-03-29T01:30Z"]
    expect(moments(half, "2026-03-29T00:00:00Z", 3)).toEqual(forward)
  })

  it("may have seconds, which come first", () => {
    const found = moments({ cron: "*/20  0 12 * * *" }, "2026-01-01T12:00:10Z", 2)
    expect(found).toEqual(["2026-01-01T12:00:20.000Z", "2026-01-01T12:00:40.000Z"])
  })

  it("may be years apart", () => {
    expect(moments({ cron: "0 0 29 2 *" }, "2026-01-01T00:00:00Z", 1)).toEqual(["2028-02-29T00:00Z"])
  })
})

describe("the moments of an interval", () => {
  it("are counted from the first, so that a late one puts off none", () => {
    const from = new Date("2026-01-01T00:00:00Z")
    const after = (late: string): string | undefined =>
      nextMoment({ everyMs: 60_000 }, new Date(late), from)?.toISOString()
    expect(after("2026-01-01T00:00:00Z")).toBe("2026-01-01T00:01:00.000Z")
    expect(after("2026-01-01T00:00:59.999Z")).toBe("2026-01-01T00:01:00.000Z")
    expect(after("2026-01-01T00:01:00Z")).toBe("2026-01-01T00:02:00.000Z")
    expect(after("2026-01-01T07:12:34Z")).toBe("2026-01-01T07:13:00.000Z")
  })
})

describe("a recurrence", () => {
  const impossible: [options: ScheduleOptions, member: string][] = [
    [{ cron: "* * * *" }, "cron"],
    [{ cron: "0 0 0 1 1 * 2030" }, "cron"],
    [{ cron: "@daily" }, "cron"],
    [{ cron: "60 * * * *" }, "cron"],
    [{ cron: "2026-12-01T00:00:00" }, "cron"],
    [{ cron: "0 0 31 2,4,6,9,11 *" }, "cron"],
    [{ cron: "" }, "cron"],
    [{ cron: "0 0 * * *", timezone: "Mars/Olympus" }, "timezone"],
    [{ cron: "0 0 * * *", timezone: "" }, "timezone"],
    [{ every: 999 }, "every"],
    [{ every: "0s" }, "every"],
    [{ every: "20y" as "20d" }, "every"],
    [{ every: "99999999d" }, "every"],
    [{ every: Number.NaN }, "every"],
  ]
  it.each(impossible)("cannot be %o", (options, member) => {
    expect(() => recurrenceOf(options)).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", issues: [{ path: [member], message: expect.any(String) }] }),
    )
  })

  it("is remembered as it is meant", () => {
    expect(recurrenceOf({ every: "1.5h" })).toEqual({ everyMs: 5_400_000 })
    expect(recurrenceOf({ cron: " 0  3 * * * " })).toEqual({ cron: "0 3 * * *" })
    expect(recurrenceOf({ cron: "0 3 * * *", timezone: berlin })).toEqual({ cron: "0 3 * * *", timezone: berlin })
  })
})
