import type { JobId } from "@assay/core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { goodText } from "./helpers/answers.js"
import { openBench } from "./helpers/open-bench.js"
import type { Bench } from "./helpers/open-bench.js"

const tenant = "default"

describe("an analysis that is cancelled", () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await openBench({ handler: { polling: { first: 200, max: 200 } } })
  })
  afterAll(() => bench[Symbol.asyncDispose]())

  const told = {
    state: "failed",
    failure: { code: "JOB_CANCELLED", message: "Cancelled: not wanted" },
    answer: undefined,
  }

  test("before it is begun", async () => {
    await bench.client.pause("analysis")
    const id = await bench.ask({ repo: "acme/queued" })
    await bench.client.cancel(id, "not wanted")
    await bench.client.resume("analysis")
    expect(await bench.ended(id)).toMatchObject({ state: "cancelled" })
    expect(await bench.analyses.find(id, tenant)).toMatchObject({ ...told, finishedAt: expect.any(Date) })
  })

  test("while its repository is fetched", async () => {
    const fetching = bench.source.fetch
    bench.source.fetch = (_repository, { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)))
    const id = await bench.ask({ repo: "acme/fetching" })
    await bench.waitFor(id, ({ stage }) => stage === "parsing")
    await bench.client.cancel(id, "not wanted")
    expect(await bench.ended(id)).toMatchObject({ state: "cancelled" })
    bench.source.fetch = fetching
    expect(await bench.analyses.find(id, tenant)).toMatchObject(told)
  })

  test("while Potpie parses, at once, because no worker is held", async () => {
    const id = await bench.ask({ repo: "acme/parsing" })
    await bench.waitFor(id, ({ state, stage }) => state === "scheduled" && stage === "parsing")
    expect(await bench.client.cancel(id, "not wanted")).toMatchObject({ state: "cancelled" })
    expect(await bench.analyses.find(id, tenant)).toMatchObject(told)
  })

  test("while it is answered; run again, it first says that it may have been billed", async () => {
    bench.fake.answerNext({ text: goodText, delayMs: 60_000 })
    const id = await bench.ask({ repo: "acme/asking" })
    await bench.waitFor(id, ({ stage }) => stage === "processing_conversations")
    const billed = bench.fake.billed
    for (let tries = 0; bench.fake.billed === billed && tries < 400; tries++) await bench.waitFor(id, () => true)
    const begun = performance.now()
    await bench.client.cancel(id, "not wanted")
    expect(await bench.ended(id)).toMatchObject({ state: "cancelled" })
    expect(performance.now() - begun).toBeLessThan(5_000)
    expect(await bench.analyses.find(id, tenant)).toMatchObject(told)
    expect(await bench.messages(id)).toMatchObject([{ state: "intended" }])

    await bench.client.redrive(id)
    expect(await bench.ended(id)).toMatchObject({ failure: { code: "ANALYSIS_UNCERTAIN" } })
    bench.fake.answerNext({ text: goodText })
    await bench.client.redrive(id)
    expect(await bench.result(id)).toMatchObject({ snippets_count: 4 })
  })

  test("when it is done already: it stays done", async () => {
    bench.fake.answerNext({ text: goodText })
    const id = await bench.ask({ repo: "acme/done" })
    await bench.ended(id)
    await expect(bench.client.cancel(id)).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" })
    expect(await bench.analyses.find(id, tenant)).toMatchObject({ state: "finished" })
  })
})

test("no more begin than may be in progress, though no worker is held while Potpie parses", async () => {
  const statuses = Array.from({ length: 100_000 }, () => "submitted")
  await using bench = await openBench({
    fake: { statuses },
    handler: { polling: { first: 50, max: 50 } },
    runtime: { concurrency: 5 },
    maxConcurrency: 2,
  })
  const ids: JobId[] = []
  for (const number of [1, 2, 3, 4]) ids.push(await bench.ask({ repo: `acme/few-${number}` }))
  await Promise.all(
    ids.slice(0, 2).map((id) => bench.waitFor(id, ({ fence, stage }) => fence > 3 && stage === "parsing")),
  )
  expect(bench.fake.projects).toHaveLength(2)
  expect(await bench.analyses.statistics(tenant)).toEqual({ waiting: 2, active: 2, completed: 0, failed: 0, total: 4 })
})

test("while Potpie parses, no worker is held: all others have their turn", async () => {
  const statuses = Array.from({ length: 100_000 }, () => "submitted")
  await using bench = await openBench({
    fake: { statuses },
    handler: { polling: { first: 300, max: 300 } },
    runtime: { concurrency: 2 },
    maxConcurrency: 12,
  })
  const ids = await Promise.all(Array.from({ length: 12 }, (_, number) => bench.ask({ repo: `acme/many-${number}` })))

  // With two places, the last would never come to be parsed if a place were held.
  await Promise.all(
    ids.map((id) => bench.waitFor(id, ({ state, stage }) => state === "scheduled" && stage === "parsing")),
  )
  expect(bench.fake.projects).toHaveLength(12)
  expect(bench.runtime.worker.busy).toBeLessThanOrEqual(2)
  expect(await bench.analyses.list({ tenant })).toMatchObject({ analyses: ids.map(() => ({ state: "parsing" })) })

  statuses.splice(0, statuses.length, "ready")
  for (const project of bench.fake.projects as unknown as { ahead: string[] }[])
    project.ahead.splice(0, Infinity, "ready")
  for (const _ of ids) bench.fake.answerNext({ text: goodText })
  const jobs = await Promise.all(ids.map((id) => bench.ended(id)))
  expect(jobs.map(({ state, attempts }) => ({ state, attempts }))).toEqual(
    ids.map(() => ({ state: "succeeded", attempts: 1 })),
  )
  for (const id of ids) expect(await bench.stages(id)).toEqual(["parsing", "ready", "processing_conversations"])
  expect(bench.fake.billed).toBe(12)
  expect(bench.fake.projects.every(({ parses }) => parses === 1)).toBe(true)
})

test("progress goes forward only, out of 100", async () => {
  await using bench = await openBench({ fake: { lineage: "1.0.2", answers: [{ text: goodText, delayMs: 300 }] } })
  const id = await bench.ask()
  const seen: number[] = []
  for await (const event of bench.client.job(id).events()) {
    // What is told between a stage and its first progress has no total.
    if (event.type !== "job.progress" || event.data["total"] === undefined) continue
    expect(event.data).toMatchObject({ total: 100, unit: "percent" })
    seen.push(event.data.done as number)
  }
  expect(seen.length).toBeGreaterThan(1)
  expect(seen).toEqual([...seen].sort((one, other) => one - other))
  expect(seen).toContain(75)
})
