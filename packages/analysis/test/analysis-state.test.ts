import type { Job } from "@assay/core"
import { expect, test } from "vitest"
import { analysisPercent, analysisState, analysisStatusWords } from "../src/jobs/definitions.js"

const failure = { code: "X", message: "x", retryable: true }

test.each<[string, Pick<Job, "state" | "stage" | "failure" | "progress">, string, number]>([
  ["new", { state: "queued", stage: undefined, failure: undefined, progress: undefined }, "queued", 0],
  ["taken up", { state: "running", stage: undefined, failure: undefined, progress: undefined }, "parsing", 25],
  ["parsing", { state: "running", stage: "parsing", failure: undefined, progress: { done: 0 } }, "parsing", 25],
  [
    "further in parsing",
    { state: "running", stage: "parsing", failure: undefined, progress: { done: 40, total: 100, unit: "percent" } },
    "parsing",
    40,
  ],
  [
    "waiting for Potpie",
    { state: "scheduled", stage: "parsing", failure: undefined, progress: undefined },
    "parsing",
    25,
  ],
  [
    "about to look again",
    { state: "queued", stage: "parsing", failure: undefined, progress: undefined },
    "parsing",
    25,
  ],
  ["ready", { state: "running", stage: "ready", failure: undefined, progress: undefined }, "ready", 50],
  [
    "answering",
    { state: "running", stage: "processing_conversations", failure: undefined, progress: { done: 0 } },
    "processing_conversations",
    75,
  ],
  [
    "to be tried again",
    { state: "scheduled", stage: "processing_conversations", failure, progress: undefined },
    "queued",
    0,
  ],
  ["tried again", { state: "running", stage: "parsing", failure, progress: undefined }, "parsing", 25],
  [
    "answered",
    { state: "succeeded", stage: "processing_conversations", failure: undefined, progress: undefined },
    "finished",
    100,
  ],
  ["failed", { state: "failed", stage: "parsing", failure, progress: { done: 40, unit: "percent" } }, "failed", 0],
  ["cancelled", { state: "cancelled", stage: "parsing", failure: undefined, progress: undefined }, "failed", 0],
])("a job that is %s", (_, ...[job, state, percent]) => {
  expect(analysisState(job)).toBe(state)
  expect(analysisPercent(job)).toBe(percent)
  expect(analysisStatusWords).toHaveProperty(state)
})
