import { describe, expect, it } from "vitest"
import { isJobId, newId, newJobId } from "../src/index.js"

describe("a job id", () => {
  it("is recognised by its form", () => {
    expect(newJobId()).toMatch(/^job_[0-9A-HJKMNP-TV-Z]{26}$/)
    expect(isJobId(newJobId())).toBe(true)
    const others = [
      "",
      "job_",
      "job_01ARZ3NDEKTSV4RRFFQ69G5FA",
      "JOB_01ARZ3NDEKTSV4RRFFQ69G5FAV",
      "job_01arz3ndektsv4rrffq69g5fav",
    ]
    const hostile = ["job_01ARZ3NDEKTSV4RRFFQ69G5FAV\n", "job_01ARZ3NDEKTSV4RRFFQ69G5FAI", "../etc/passwd", "1"]
    for (const text of [...others, ...hostile]) expect(isJobId(text), JSON.stringify(text)).toBe(false)
  })

  it("sorts by the moment it was made, also within one millisecond", () => {
    const ids = Array.from({ length: 10_000 }, () => newJobId())
    expect(ids).toEqual([...ids].sort())
    expect(new Set(ids).size).toBe(ids.length)
  })

  it("says when it was made, and does not go back when the clock does", () => {
    const now = Date.now() + 60_000
    const first = newId("job", now)
    const second = newId("job", now - 1000)
    expect(second > first).toBe(true)
    expect(second.slice(0, 14)).toBe(first.slice(0, 14))
    expect(newId("job", now + 1) > second).toBe(true)
  })

  it("carries another prefix for other things", () => {
    expect(newId("memory")).toMatch(/^memory_[0-9A-Z]{26}$/)
  })
})
