import type { FakeAnswer } from "@assay/potpie-client/testing"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { goodText } from "./helpers/answers.js"
import { openBench } from "./helpers/open-bench.js"
import type { Bench } from "./helpers/open-bench.js"

describe("while Potpie parses", () => {
  test("a parse that fails ends the analysis, without another attempt", async () => {
    await using bench = await openBench({ fake: { missingRepositories: ["acme/orders"] } })
    const id = await bench.ask()

    expect(await bench.ended(id)).toMatchObject({
      ...{ state: "failed", attempts: 1 },
      failure: { code: "POTPIE_PARSE_FAILED", retryable: false, hint: expect.any(String) },
    })
    expect(await bench.analyses.find(id, "default")).toMatchObject({
      ...{ state: "failed", potpieStatus: "error", answer: undefined, finishedAt: expect.any(Date) },
      failure: {
        code: "POTPIE_PARSE_FAILED",
        message: `Potpie could not parse acme/orders at commit ${bench.commit}: it says error.`,
      },
    })
    expect(bench.fake.billed).toBe(0)
  })

  test("a commit that failed before is not parsed again, which would be called ready: its branch is", async () => {
    const missingRepositories = ["acme/orders"]
    await using bench = await openBench({ fake: { answers: [{ text: goodText }], missingRepositories } })
    const id = await bench.ask()
    await bench.ended(id)
    // It can be parsed from now on.
    missingRepositories.length = 0

    await bench.client.redrive(id)

    const result = await bench.result(id)
    expect(result).toMatchObject({ parsed_by: "branch", commit: null, verification: { unchecked: 4 } })
    expect(result.snippets[0]!.remark).toContain("The branch was parsed")
    expect(bench.fake.projects).toMatchObject([
      { commitId: bench.commit, parses: 1, status: "error" },
      { commitId: null, branchName: "main", parses: 1, status: "ready" },
    ])
    const [row] = await bench.database.query("select parse_remark from assay.analyses where id = $1", [id])
    expect(row).toEqual({ parse_remark: expect.stringContaining("failed to parse before") })
  })

  test("trouble while looking is waited out", async () => {
    await using bench = await openBench({ fake: { answers: [{ text: goodText }] } })
    bench.fake.failNext({ path: /parsing-status/, method: "POST", status: 404 })
    bench.fake.failNext({ path: /parsing-status/, status: 503, times: 4 })
    bench.fake.failNext({ path: /parsing-status/, status: 429, retryAfter: 6 })

    const id = await bench.ask()
    // As long as the server asks for.
    await bench.waitFor(id, ({ state, runAt }) => state === "scheduled" && runAt.getTime() - Date.now() > 3_000)
    expect(await bench.ended(id)).toMatchObject({ state: "succeeded", attempts: 1 })
  })

  test("a project that is never ready ends at a deadline, and is parsed anew when the job is run again", async () => {
    const statuses = Array.from({ length: 500 }, () => "submitted")
    await using bench = await openBench({
      fake: { statuses, answers: [{ text: goodText }] },
      handler: { parseTimeout: 1_500 },
    })
    const id = await bench.ask()

    expect(await bench.ended(id)).toMatchObject({
      state: "failed",
      attempts: 1,
      failure: { code: "POTPIE_TIMEOUT", retryable: false },
    })
    expect(bench.fake.projects).toMatchObject([{ parses: 1 }])

    statuses.splice(0, 500, "ready")
    await bench.client.redrive(id)
    expect(await bench.ended(id)).toMatchObject({ state: "succeeded" })
    expect(bench.fake.projects).toMatchObject([{ parses: 2 }])
    expect(await bench.stages(id)).toEqual(["parsing", "parsing", "ready", "processing_conversations"])
  })

  test("unknown words are no reason to stop", async () => {
    const statuses = ["queued", "dreaming", "submitted", "ready"]
    await using bench = await openBench({ fake: { statuses, answers: [{ text: goodText }] } })
    expect(await bench.ended(await bench.ask())).toMatchObject({ state: "succeeded" })
  })

  test("a repository that Potpie cannot name is refused at the door, and fails a job at once", async () => {
    await using bench = await openBench()
    await expect(bench.ask({ repo: "https://github.com/a/b/c" })).rejects.toMatchObject({ code: "INVALID_INPUT" })
    expect(bench.fake.requests).toHaveLength(0)

    const local = { tenant: "default", url: "file:///orders", key: "orders", name: "orders", trusted: true }
    const { id: repositoryId } = await bench.repositories.create(local)
    const { id } = await bench.client.enqueue(bench.definition, { repositoryId, repo: "orders", branch: "main" })
    expect(await bench.ended(id)).toMatchObject({ state: "failed", attempts: 1, failure: { code: "INVALID_INPUT" } })
  })
})

describe("when a key is refused", () => {
  test("it is tried once more, later: the server's database may be down", async () => {
    await using bench = await openBench({ fake: { answers: [{ text: goodText }] } })
    bench.fake.failNext({ path: /parse$/, status: 401 })
    expect(await bench.ended(await bench.ask())).toMatchObject({ state: "succeeded", attempts: 1 })
  })

  test("twice, it is wrong", async () => {
    await using bench = await openBench()
    bench.fake.failNext({ status: 401, times: 50 })
    const id = await bench.ask()
    expect(await bench.ended(id)).toMatchObject({ state: "failed", attempts: 1, failure: { code: "POTPIE_AUTH" } })
    expect(JSON.stringify(await bench.analyses.find(id, "default"))).not.toContain(bench.fake.apiKey)
  })
})

describe("when the message is refused before it is run", () => {
  const path = /message/

  test("it is sent again after the time that the server names, and no attempt is spent", async () => {
    await using bench = await openBench({ fake: { answers: [{ text: goodText }] }, handler: {} })
    bench.fake.failNext({ path, status: 429, retryAfter: 6, times: 1 })
    const id = await bench.ask()
    const deferred = await bench.waitFor(
      id,
      ({ state, stage }) => state === "scheduled" && stage === "processing_conversations",
    )
    expect(deferred.runAt.getTime() - Date.now()).toBeGreaterThan(4_000)
    expect(await bench.analyses.find(id, "default")).toMatchObject({ state: "processing_conversations" })

    expect(await bench.ended(id)).toMatchObject({ state: "succeeded", attempts: 1 })
    expect(await bench.messages(id)).toMatchObject([
      { state: "refused", failure_code: "POTPIE_RATE_LIMITED" },
      { state: "answered" },
    ])
    expect(bench.fake.billed).toBe(1)
  })

  test("it is an attempt that failed, where the server names no time", async () => {
    await using bench = await openBench({ fake: { answers: [{ text: goodText }] } })
    bench.fake.failNext({ path, status: 429, times: 2 })
    const id = await bench.ask()
    expect(await bench.ended(id)).toMatchObject({ state: "succeeded", attempts: 2 })
    expect(await bench.stages(id)).toEqual(["parsing", "ready", "processing_conversations"])
    expect(bench.fake.billed).toBe(1)
  })

  test("by a server that is always busy, the attempts end some time", async () => {
    await using bench = await openBench()
    bench.fake.failNext({ path, status: 429, times: 1_000 })
    const id = await bench.ask()
    expect(await bench.ended(id)).toMatchObject({ state: "failed", attempts: 3 })
    expect(await bench.analyses.find(id, "default")).toMatchObject({
      ...{ state: "failed", failure: { code: "POTPIE_RATE_LIMITED" }, finishedAt: expect.any(Date) },
    })
  })

  test("for a reason that stays, that is the end", async () => {
    await using bench = await openBench()
    const codes = { 402: "POTPIE_NO_CREDITS", 403: "POTPIE_FORBIDDEN", 404: "POTPIE_NOT_FOUND", 422: "POTPIE_REJECTED" }
    for (const [status, code] of Object.entries(codes)) {
      bench.fake.failNext({ path, status: Number(status) })
      const id = await bench.ask({ repo: `acme/refused-${status}` })
      expect(await bench.ended(id)).toMatchObject({ state: "failed", attempts: 1, failure: { code, retryable: false } })
      expect(await bench.messages(id)).toMatchObject([{ state: "refused", failure_code: code }])
    }
    expect(bench.fake.billed).toBe(0)
  })
})

describe("when the message was run and came to nothing", () => {
  let bench: Bench
  beforeAll(async () => {
    bench = await openBench()
  })
  afterAll(() => bench[Symbol.asyncDispose]())

  const failing = "So far *An error occurred during streaming*"
  const cut = goodText.slice(0, 300)
  const empty = '{"snippets": []}'
  test.each<[string, FakeAnswer, code: string, raw?: string]>([
    ["no text", { nothing: true }, "POTPIE_ANSWER_EMPTY"],
    ["only reasoning", { text: "<think>Hm.</think>" }, "POTPIE_ANSWER_EMPTY", "<think>Hm.</think>"],
    ["a failure phrase at its end", { text: failing }, "POTPIE_ANSWER_FAILED", failing],
    ["an exception", { fails: "boom" }, "POTPIE_FAILED"],
    ["a connection that breaks", { text: goodText, cutAfterBytes: 200 }, "POTPIE_INTERRUPTED"],
    ["something else than an answer", { text: goodText, endAfterBytes: 50 }, "POTPIE_BAD_RESPONSE"],
    ["prose without JSON", { text: "It is a shop." }, "POTPIE_BAD_OUTPUT", "It is a shop."],
    ["JSON that is cut off", { text: cut }, "POTPIE_BAD_OUTPUT", cut],
    ["JSON that says nothing", { text: empty }, "POTPIE_BAD_OUTPUT", empty],
  ])("%s", async (name, ...[answer, code, raw]) => {
    const billed = bench.fake.billed
    bench.fake.answerNext(answer)
    const id = await bench.ask({ repo: `acme/${name.replaceAll(" ", "-")}` })

    expect(await bench.ended(id)).toMatchObject({ state: "failed", attempts: 1, failure: { code, retryable: false } })
    const analysis = await bench.analyses.find(id, "default")
    expect(analysis).toMatchObject({ state: "failed", answer: undefined, failure: { code } })
    expect(analysis!.raw).toBe(raw)
    expect(await bench.messages(id)).toMatchObject([{ state: "failed", failure_code: code }])
    expect(bench.fake.billed).toBe(billed + 1)
  })

  test("too slowly", async () => {
    await using bench = await openBench({
      fake: { answers: [{ text: goodText, hang: "headers" }] },
      requestTimeoutMs: 100,
    })
    const id = await bench.ask()
    expect(await bench.ended(id)).toMatchObject({ state: "failed", attempts: 1, failure: { code: "POTPIE_TIMEOUT" } })
    expect(bench.fake.billed).toBe(1)
  })
})

test("without a key, a job fails at once, and nothing can be asked", async () => {
  await using bench = await openBench({ handler: { potpie: undefined } })
  const id = await bench.ask()
  expect(await bench.ended(id)).toMatchObject({
    state: "failed",
    attempts: 1,
    failure: { code: "POTPIE_NOT_CONFIGURED" },
  })
  // Once there is one, the job can be run again.
  await bench.client.redrive(id)
  expect(await bench.ended(id)).toMatchObject({ failure: { code: "POTPIE_NOT_CONFIGURED" } })
})
