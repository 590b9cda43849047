import { setTimeout } from "node:timers/promises"
import { expect, test } from "vitest"
import { goodText } from "./helpers/answers.js"
import { openBench } from "./helpers/open-bench.js"
import type { Bench } from "./helpers/open-bench.js"

const leaseMs = 400

test("a crash after Potpie was told to parse finds the project again", async () => {
  await using bench = await openBench({ leaseMs, fake: { answers: [{ text: goodText }] } })
  bench.at.afterParse = () => bench.die()

  await bench.result(await bench.ask())

  expect(bench.fake.projects).toMatchObject([{ parses: 1 }])
  expect(bench.fake.requests.filter(({ path }) => path === "/api/v2/parse")).toHaveLength(1)
  expect(bench.fake.billed).toBe(1)
})

/** Where a message may have been billed, for all that the next attempt can know. */
const uncertain: [string, (bench: Bench) => void, billed: number][] = [
  ["after its row was written, before it is sent", (bench) => (bench.at.beforeAsk = () => bench.die()), 0],
  ["after it was answered, before the answer is written", (bench) => (bench.at.afterAsk = () => bench.die()), 1],
]

test.each(uncertain)("a crash %s fails the analysis, and says so", async (_, arrange, billed) => {
  await using bench = await openBench({ leaseMs, fake: { answers: [{ text: goodText }, { text: goodText }] } })
  arrange(bench)
  const id = await bench.ask()

  const job = await bench.ended(id)

  expect(job).toMatchObject({ state: "failed", failure: { code: "ANALYSIS_UNCERTAIN", retryable: false } })
  expect(await bench.analyses.find(id, "default")).toMatchObject({
    state: "failed",
    failure: { code: "ANALYSIS_UNCERTAIN" },
    finishedAt: job.finishedAt,
  })
  expect(await bench.messages(id)).toMatchObject([{ number: 1, state: "uncertain" }])
  expect(bench.fake.billed).toBe(billed)

  // A person has read that, and wants it all the same.
  await bench.client.redrive(id)
  expect(await bench.result(id)).toMatchObject({ snippets_count: 4 })
  expect(await bench.messages(id)).toMatchObject([{ state: "uncertain" }, { number: 2, state: "answered" }])
  expect(bench.fake.billed).toBe(billed + 1)
  expect(bench.fake.projects).toMatchObject([{ parses: 1 }])
  expect(await bench.analyses.find(id, "default")).toMatchObject({ state: "finished", failure: undefined })
})

test("a crash while the answer is made fails the analysis as well", async () => {
  await using bench = await openBench({ leaseMs, fake: { answers: [{ text: goodText, delayMs: 400 }] } })
  let died: Promise<unknown> | undefined
  bench.at.beforeAsk = () => void globalThis.setTimeout(() => (died = bench.die().catch(() => {})), 100)

  const id = await bench.ask()
  const job = await bench.ended(id)
  await died

  expect(job.failure?.code).toBe("ANALYSIS_UNCERTAIN")
  expect(bench.fake.billed).toBe(1)
})

test("a host may choose to have it asked again", async () => {
  await using bench = await openBench({
    leaseMs,
    handler: { onUncertain: "ask-again" },
    fake: { answers: [{ text: "lost" }, { text: goodText }] },
  })
  bench.at.afterAsk = () => bench.die()

  const id = await bench.ask()

  expect(await bench.result(id)).toMatchObject({ snippets_count: 4 })
  expect(await bench.messages(id)).toMatchObject([{ state: "uncertain" }, { state: "answered" }])
  expect(bench.fake.billed).toBe(2)
})

test("a crash with the answer at hand goes on from it", async () => {
  await using bench = await openBench({ leaseMs, fake: { answers: [{ text: goodText }] } })
  bench.interfere(() => ({ commit: () => bench.die() }))

  const id = await bench.ask()

  expect(await bench.result(id)).toMatchObject({ snippets_count: 4 })
  expect(bench.fake.billed).toBe(1)
  expect(await bench.messages(id)).toMatchObject([{ number: 1, state: "answered", text: goodText }])
})

test("a crash between the end of an analysis and that of its job tells the same end again", async () => {
  await using bench = await openBench({ leaseMs, fake: { answers: [{ text: "No JSON here." }, { text: goodText }] } })
  bench.at.beforeFail = () => bench.die()
  const id = await bench.ask()

  expect(await bench.ended(id)).toMatchObject({ state: "failed", failure: { code: "POTPIE_BAD_OUTPUT" } })
  expect(bench.fake.billed).toBe(1)

  await bench.client.redrive(id)
  expect(await bench.result(id)).toMatchObject({ snippets_count: 4 })
  expect(bench.fake.billed).toBe(2)
})

test("a worker that is told to stop keeps an answer that comes a moment later", async () => {
  await using bench = await openBench({ fake: { answers: [{ text: goodText, delayMs: 250 }] } })
  let stopped: Promise<void> | undefined
  bench.at.beforeAsk = () => void globalThis.setTimeout(() => (stopped = bench.restart({ graceMs: 0 })), 50)

  const id = await bench.ask()

  expect(await bench.result(id)).toMatchObject({ snippets_count: 4 })
  await stopped
  expect(bench.fake.billed).toBe(1)
  expect(await bench.messages(id)).toMatchObject([{ number: 1, state: "answered" }])
})

test("a store that is away while the answer comes costs nothing", async () => {
  await using bench = await openBench({ fake: { answers: [{ text: goodText }] } })
  let failures = 0
  bench.interfere((context) => ({
    transaction: (work) => {
      if (bench.fake.billed > 0 && failures++ < 2) return Promise.reject(new Error("away"))
      return context.transaction(work)
    },
  }))

  expect(await bench.result(await bench.ask())).toMatchObject({ snippets_count: 4 })
  expect(failures).toBeGreaterThan(2)
  expect(bench.fake.billed).toBe(1)
})

test("an answer that comes after its attempt was given up is kept, and is not asked for again", async () => {
  await using bench = await openBench({
    leaseMs,
    handler: { lateAnswer: "9s" },
    fake: { answers: [{ text: goodText, delayMs: 3_000 }] },
  })
  bench.at.beforeHeartbeat = () => Promise.reject(new Error("The network is gone."))
  const id = await bench.ask()

  expect(await bench.ended(id)).toMatchObject({ failure: { code: "ANALYSIS_UNCERTAIN" } })
  expect(await bench.messages(id)).toMatchObject([{ state: "uncertain", text: null }])
  delete bench.at.beforeHeartbeat
  while ((await bench.messages(id))[0]!.state === "uncertain") await setTimeout(20)

  await bench.client.redrive(id)
  expect(await bench.result(id)).toMatchObject({ snippets_count: 4 })
  expect(bench.fake.billed).toBe(1)
})
