import { afterAll, beforeAll, expect, test } from "vitest"
import { goodText } from "./helpers/answers.js"
import { openBench } from "./helpers/open-bench.js"
import type { Bench } from "./helpers/open-bench.js"

let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench[Symbol.asyncDispose]())

const parseRequests = () => bench.fake.requests.filter(({ path }) => path === "/api/v2/parse").map(({ body }) => body)

test("without a copy of the repository, the branch is parsed, and the snippets stay unchecked", async () => {
  bench.source.failWith = () =>
    Object.assign(new Error("There is no repository."), { code: "GIT_NOT_FOUND", retryable: false })
  bench.fake.answerNext({ text: goodText })
  const id = await bench.ask({ repo: "acme/private" })

  const result = await bench.result(id)
  bench.source.failWith = undefined

  expect(result).toMatchObject({ parsed_by: "branch", commit: null, verification: { unchecked: 4 } })
  expect(result.snippets[0]!.remark).toBe(
    "There is no copy of the repository (GIT_NOT_FOUND: There is no repository.).",
  )
  expect(parseRequests().at(-1)).toEqual({ repo_name: "acme/private", branch_name: "main" })
  expect(await bench.analyses.find(id, "default")).toMatchObject({ state: "finished", commit: undefined })
  expect((await bench.ended(id)).attempts).toBe(1)
})

test("a worker without copies does the same", async () => {
  await using other = await openBench({ handler: { source: undefined }, fake: { answers: [{ text: goodText }] } })
  const result = await other.result(await other.ask())
  expect(result).toMatchObject({ parsed_by: "branch", verification: { unchecked: 4 } })
  expect(other.fake.requests.some(({ path }) => path === "/api/v2/parse")).toBe(true)
})

test("a worker whose copy has not that commit fetches it before it checks", async () => {
  bench.fake.answerNext({ text: goodText, delayMs: 100 })
  const id = await bench.ask({ repo: "acme/elsewhere" })
  const fetches = bench.source.fetches
  await bench.waitFor(id, ({ stage }) => stage === "processing_conversations")
  bench.source.forget()
  expect(await bench.result(id)).toMatchObject({ verification: { verbatim: 1, differs: 1, missing: 1, unchecked: 1 } })
  expect(bench.source.fetches).toBe(fetches + 2)
})

test("what is paid for is kept when the copy cannot be read", async () => {
  const read = bench.source.readFiles
  bench.source.readFiles = () =>
    Promise.reject(Object.assign(new Error("damaged"), { code: "MIRROR_DAMAGED", retryable: true }))
  bench.fake.answerNext({ text: goodText })
  const result = await bench.result(await bench.ask({ repo: "acme/damaged" }))
  bench.source.readFiles = read
  expect(result).toMatchObject({ commit: bench.commit, verification: { unchecked: 4 } })
  expect(result.snippets[0]!.remark).toContain("MIRROR_DAMAGED")
})

test("the commit that was found is the one that is analysed, though the branch moves on meanwhile", async () => {
  bench.fake.answerNext({ text: goodText, delayMs: 200 })
  const id = await bench.ask({ repo: "acme/moving" })
  await bench.waitFor(id, ({ stage }) => stage === "processing_conversations")
  await bench.source.commit({ "src/refunds.ts": "// all new\n" })
  expect(await bench.result(id)).toMatchObject({ commit: bench.commit, verification: { verbatim: 1 } })
})

test("a question is put in place of the built-in one, and its prose is an answer", async () => {
  bench.fake.answerNext({ text: "By `refund()`.", thought: "Let me see." })
  const id = await bench.ask({ repo: "acme/question", question: "How are refunds made?" })
  const result = await bench.result(id)
  expect(result).toMatchObject({ analysis_response: "By `refund()`.", snippets: [], snippets_count: 0 })
  const sent = bench.fake.conversations.at(-1)!.messages[0]
  expect(sent).toMatch(/^How are refunds made\?\n/)
  expect(sent).toContain('"snippets"')
  expect(await bench.analyses.find(id, "default")).toMatchObject({
    question: "How are refunds made?",
    answer: { response: "By `refund()`." },
  })

  bench.fake.answerNext({ text: goodText })
  await bench.result(await bench.ask({ repo: "acme/question" }))
  expect(bench.fake.conversations.at(-1)!.messages[0]).toMatch(/^Explain how this repository is built/)
})

test("another agent is asked where one is named, and none otherwise", async () => {
  const bodies = (of: Bench) => of.fake.requests.filter(({ path }) => path.includes("/message")).map(({ body }) => body)
  await using other = await openBench({ handler: { agentId: "LLD_agent" }, fake: { answers: [{ text: goodText }] } })
  await other.result(await other.ask())
  expect(bodies(other)).toEqual([expect.objectContaining({ agent_id: "LLD_agent" })])
  expect(bodies(bench).at(-1)).not.toHaveProperty("agent_id")
})

test("another question about the same commit is put to the project that is there", async () => {
  for (const question of ["Who?", "When?"]) {
    bench.fake.answerNext({ text: "Ann, in May." })
    await bench.result(await bench.ask({ repo: "acme/twice", question }))
  }
  expect(bench.fake.projects.filter(({ repoName }) => repoName === "acme/twice")).toMatchObject([{ parses: 1 }])
})
