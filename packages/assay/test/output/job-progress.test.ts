import type { JobEvent, JobEventType, JobProgressEvent } from "@assay/core"
import { describe, expect, it } from "vitest"
import { createJobProgress } from "../../src/output/job-progress.js"
import { createStyle } from "../../src/output/style.js"
import { asShown, recordingScreen } from "../helpers/recording-screen.js"

const common = { number: 1, jobId: "job_1", tenant: "default", state: "running", fence: 1 } as const
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds))
const event = (type: JobEventType, seconds: number, data: JobEvent["data"] = {}): JobEvent => ({
  ...common,
  type,
  data,
  at: at(seconds),
})
const stage = (name: string, seconds: number) => event("job.stage", seconds, { stage: name })
const progress = (seconds: number, data: JobProgressEvent["data"]): JobProgressEvent => ({
  ...common,
  type: "job.progress",
  data,
  at: at(seconds),
})

function watch(interactive: boolean, events: readonly (JobEvent | JobProgressEvent)[], everyMs = 10_000) {
  const { screen, written } = recordingScreen({ interactive })
  const view = createJobProgress({ screen, style: createStyle(false), everyMs })
  for (const each of events) view.show(each)
  view.close()
  return asShown(written())
}

const whole = [
  event("job.queued", 0),
  event("job.started", 0),
  stage("fetching", 0),
  progress(1, { done: 40, total: 80, unit: "objects", percent: 50, stage: "fetching" }),
  progress(2, { done: 80, total: 80, unit: "objects", percent: 100, stage: "fetching" }),
  stage("reading history", 4),
  progress(5, { done: 3738, unit: "commits", stage: "reading history" }),
  event("job.succeeded", 6),
]

describe("the progress of a job", () => {
  it("becomes a line per finished stage where somebody watches", () => {
    expect(watch(true, whole)).toEqual([
      "  ✔ fetching        80 objects in 4.0 s",
      "  ✔ reading history 3,738 commits in 2.0 s",
      "",
    ])
  })

  it("becomes a line per stage where nobody does", () => {
    expect(watch(false, whole)).toEqual(["fetching …", "reading history …", ""])
  })

  it("is told in between when a stage takes long", () => {
    expect(watch(false, whole, 0)).toEqual([
      "fetching …",
      "fetching 50 % · 40 / 80 objects",
      "fetching 100 % · 80 objects",
      "reading history …",
      "reading history 3,738 commits",
      "",
    ])
  })

  it("says why an attempt ended, and when the next one begins", () => {
    const failure = { code: "GIT_NETWORK", message: "example.org cannot be reached.\u001b[2J", retryable: true }
    expect(watch(true, [stage("fetching", 0), event("job.retrying", 1, { failure, delayMs: 2000 })])).toEqual([
      "  ! example.org cannot be reached.\ufffd[2J Trying again in 2.0 s.",
      "",
    ])
  })

  it("leaves no timer behind", () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === "Timeout").length
    watch(true, whole)
    expect(process.getActiveResourcesInfo().filter((name) => name === "Timeout").length).toBe(before)
  })
})
