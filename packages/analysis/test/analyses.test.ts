import { newJobId } from "@assay/core"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createAnalyses } from "../src/index.js"
import { goodText } from "./helpers/answers.js"
import { openBench } from "./helpers/open-bench.js"
import type { Bench } from "./helpers/open-bench.js"

const tenant = "default"
let bench: Bench
beforeAll(async () => {
  bench = await openBench()
})
afterAll(() => bench[Symbol.asyncDispose]())

let repositories = 0
/** A repository that no other test knows. */
const aRepository = (): string => `acme/repository-${++repositories}`

describe("a request", () => {
  test("registers the repository, once, and is there before anybody works on it", async () => {
    const repo = aRepository()
    await bench.client.pause("analysis")
    const asked = await bench.analyses.request({ repo }, { tenant })
    const again = await bench.analyses.request({ repo, question: "Why?" }, { tenant })

    expect(asked).toMatchObject({ deduplicated: false })
    expect(await Promise.all([asked, again].map(({ id }) => bench.analyses.queuePosition(id)))).toEqual([1, 2])
    expect(again).toMatchObject({ deduplicated: false, repositoryId: asked.repositoryId })
    expect(await bench.analyses.find(asked.id, tenant)).toEqual({
      ...{
        id: asked.id,
        tenant,
        repositoryId: asked.repositoryId,
        repo,
        branch: "main",
        question: undefined,
        hasToken: false,
        state: "queued",
      },
      ...{ commit: undefined, potpieProjectId: undefined, potpieStatus: undefined, finishedAt: undefined },
      ...{ answer: undefined, failure: undefined, raw: undefined, createdAt: expect.any(Date) },
    })
    expect(await bench.analyses.find(again.id, tenant)).toMatchObject({ question: "Why?" })
    await bench.client.resume("analysis")
    await Promise.all([bench.ended(asked.id), bench.ended(again.id)])
  })

  test("joins the same question about the same branch while that is answered, and only then", async () => {
    const repo = aRepository()
    await bench.client.pause("analysis")
    const ask = (request: object, options = {}) => bench.analyses.request({ repo, ...request }, { tenant, ...options })
    const first = await ask({ question: "Why?" })
    expect(await ask({ question: " Why? ", branch: "main" })).toEqual({ ...first, deduplicated: true })
    expect(await ask({ question: "Why?", branch: "next" })).toMatchObject({ deduplicated: false })
    expect(await ask({ question: "How?" })).toMatchObject({ deduplicated: false })
    expect(await bench.analyses.request({ repo, question: "Why?" }, { tenant: "other" })).toMatchObject({
      deduplicated: false,
    })
    const [one, two] = await Promise.all([ask({ question: "When?" }), ask({ question: "When?" })])
    expect(one.id).toBe(two.id)
    await bench.client.resume("analysis")
    await bench.ended(first.id)
    expect(await ask({ question: "Why?" })).toMatchObject({ deduplicated: false })
  })

  test("by two at once registers one repository", async () => {
    const repo = aRepository()
    const both = await Promise.all(["a", "b"].map((question) => bench.analyses.request({ repo, question }, { tenant })))
    expect(both[0]!.repositoryId).toBe(both[1]!.repositoryId)
  })

  test("is made once per idempotency key", async () => {
    const repo = aRepository()
    const options = { tenant, idempotencyKey: "once" }
    const first = await bench.analyses.request({ repo }, options)
    await bench.ended(first.id)
    expect(await bench.analyses.request({ repo }, options)).toMatchObject({ id: first.id, deduplicated: true })
    await expect(bench.analyses.request({ repo, question: "Other?" }, options)).rejects.toMatchObject({
      code: "IDEMPOTENCY_MISMATCH",
    })
  })

  test("leaves nothing when it is refused", async () => {
    const count = async () => (await bench.database.query("select id from assay.repositories")).length
    const before = await count()
    await expect(bench.ask({ question: "a\0b", repo: aRepository() })).rejects.toMatchObject({ code: "INVALID_INPUT" })
    await expect(bench.ask({ question: "x".repeat(100_001), repo: aRepository() })).rejects.toMatchObject({
      code: "INVALID_INPUT",
    })
    expect(await count()).toBe(before)
  })
})

describe("without a key", () => {
  test("nothing is asked, and no job is made", async () => {
    const { database, store, client, definition } = bench
    const analyses = createAnalyses({
      ...{ database, store, client, definition, queueName: "q", maxConcurrency: 1, maxAttempts: 1 },
      reader: store,
      repositories: { create: () => expect.fail(), findByKey: () => expect.fail() },
      parseRepositoryUrl: () => expect.fail(),
    })
    expect(analyses.configured).toBe(false)
    await expect(analyses.request({ repo: "a/b" }, { tenant })).rejects.toMatchObject({ code: "POTPIE_NOT_CONFIGURED" })
    await expect(analyses.ask({ projectId: "p" })).rejects.toMatchObject({ code: "POTPIE_NOT_CONFIGURED" })
    expect(await analyses.potpie()).toBe("unconfigured")
    expect(await analyses.queuePosition(newJobId())).toBeUndefined()
  })
})

describe("analyses are listed", () => {
  test("newest first, page by page, of one tenant", async () => {
    const repo = aRepository()
    const own = "lister"
    const ids: string[] = []
    for (const question of ["1", "2", "3", "4", "5"]) {
      ids.unshift((await bench.analyses.request({ repo, question }, { tenant: own })).id)
    }
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await bench.analyses.list({ tenant: own, limit: 2, cursor })
      seen.push(...page.analyses.map(({ id }) => id))
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(seen).toEqual(ids)
    expect((await bench.analyses.list({ tenant: "nobody" })).analyses).toEqual([])
    const { repositoryId } = (await bench.analyses.find(ids[0]!, own))!
    expect((await bench.analyses.list({ tenant: own, repositoryId })).analyses).toHaveLength(5)
    expect((await bench.analyses.list({ tenant, repositoryId })).analyses).toEqual([])
    expect(await bench.analyses.find(ids[0]!, tenant)).toBeUndefined()
    expect(await bench.analyses.snippets(ids[0] as never, tenant)).toEqual([])
  })

  test("and wrong queries are refused", async () => {
    await expect(bench.analyses.list({ tenant, cursor: "1 or 1" })).rejects.toMatchObject({ code: "INVALID_INPUT" })
    await expect(bench.analyses.list({ tenant, limit: 0 })).rejects.toMatchObject({ code: "INVALID_INPUT" })
    await expect(bench.analyses.list({ tenant, limit: 101 })).rejects.toMatchObject({ code: "INVALID_INPUT" })
  })
})

test("an analysis whose job was enqueued by itself is told as well, before and after it is begun", async () => {
  const repo = aRepository()
  const repository = await bench.repositories.create({ tenant, url: repo, key: repo, name: repo, trusted: false })
  await bench.client.pause("analysis")
  const input = { repositoryId: repository.id, repo, branch: "main", question: "Why?" }
  const { id } = await bench.client.enqueue(bench.definition, input)
  expect(await bench.analyses.find(id, tenant)).toMatchObject({ id, repo, question: "Why?", state: "queued" })
  expect(await bench.analyses.find(id, "other")).toBeUndefined()
  await bench.client.resume("analysis")
  bench.fake.answerNext({ text: goodText })
  await bench.ended(id)
  expect(await bench.analyses.find(id, tenant)).toMatchObject({ state: "finished" })
  expect(await bench.analyses.find(newJobId(), tenant)).toBeUndefined()
})

test("retention forgets jobs, and no answers", async () => {
  const repo = aRepository()
  bench.fake.answerNext({ text: goodText })
  const answered = await bench.ask({ repo, question: "1" })
  await bench.ended(answered)
  bench.fake.answerNext({ text: '{"snippets": []}' })
  const failed = await bench.ask({ repo, question: "2" })
  await bench.ended(failed)
  const cancelled = await bench.ask({ repo, question: "3" })
  await bench.client.cancel(cancelled, "no").catch(() => {})
  await bench.ended(cancelled)
  // The newest job of a repository is kept.
  await bench.ended(await bench.ask({ repo, question: "4" }))
  const before = await Promise.all([answered, failed].map((id) => bench.analyses.find(id, tenant)))

  await bench.store.prune({ keepJobs: 0, limit: 1_000 })

  expect(await bench.store.get(answered)).toBeUndefined()
  expect(await Promise.all([answered, failed].map((id) => bench.analyses.find(id, tenant)))).toEqual([
    before[0],
    { ...before[1], finishedAt: expect.any(Date) },
  ])
  expect(await bench.analyses.snippets(answered, tenant)).toHaveLength(4)
  expect(await bench.analyses.find(cancelled, tenant)).toMatchObject({
    state: "failed",
    failure: { code: "JOB_NOT_FOUND" },
  })
})

test("with a repository go its analyses", async () => {
  bench.fake.answerNext({ text: goodText })
  const id = await bench.ask({ repo: aRepository() })
  await bench.ended(id)
  const { repositoryId } = (await bench.analyses.find(id, tenant))!

  await bench.repositories.remove(repositoryId)

  expect(await bench.analyses.find(id, tenant)).toBeUndefined()
  for (const table of ["analyses", "analysis_snippets", "analysis_messages"]) {
    const key = table === "analyses" ? "id" : "analysis_id"
    expect(await bench.database.query(`select * from assay.${table} where ${key} = $1`, [id])).toEqual([])
  }
})

test("a repository that goes while it is analysed ends the analysis", async () => {
  bench.fake.answerNext({ text: goodText, delayMs: 200 })
  const id = await bench.ask({ repo: aRepository() })
  await bench.waitFor(id, ({ stage }) => stage === "processing_conversations")
  await bench.repositories.remove((await bench.analyses.find(id, tenant))!.repositoryId)
  expect(await bench.ended(id)).toMatchObject({
    state: "failed",
    attempts: 1,
    failure: { code: "REPOSITORY_NOT_FOUND" },
  })
})

test("the statistics add up, and have the words of the older API", async () => {
  const own = "counter"
  await bench.client.pause("analysis")
  const asked = await bench.analyses.request({ repo: aRepository() }, { tenant: own })
  expect(await bench.analyses.statistics(own)).toEqual({ waiting: 1, active: 0, completed: 0, failed: 0, total: 1 })
  await bench.client.forTenant(own).cancel(asked.id)
  await bench.client.resume("analysis")
  expect(await bench.analyses.statistics(own)).toEqual({ waiting: 0, active: 0, completed: 0, failed: 1, total: 1 })
  expect(await bench.analyses.statistics("nobody")).toMatchObject({ total: 0 })
})

describe("Potpie's health", () => {
  test("is looked up once a minute at most, by however many ask", async () => {
    const looks = () => bench.fake.requests.filter(({ path }) => path.endsWith("/list-available-agents")).length
    expect(await Promise.all([bench.analyses.potpie(), bench.analyses.potpie()])).toEqual(["connected", "connected"])
    expect(await bench.analyses.potpie()).toBe("connected")
    expect(looks()).toBe(1)
  })

  test("is disconnected where nothing answers, and for who cannot wait", async () => {
    await using other = await openBench()
    other.fake.failNext({ path: /agents/, hang: "headers" })
    expect(await other.analyses.potpie(AbortSignal.timeout(50))).toBe("disconnected")
    await using another = await openBench()
    await another.fake.close()
    expect(await another.analyses.potpie()).toBe("disconnected")
  })
})

describe("a question that is answered at once", () => {
  test("is answered about a project of Potpie", async () => {
    bench.fake.answerNext({ text: goodText })
    const [project] = bench.fake.projects
    expect(await bench.analyses.ask({ projectId: project!.id })).toMatchObject({
      answer: { snippetsCount: 4, verification: { unchecked: 4 }, processingTimeMs: expect.any(Number) },
      snippets: [{ verification: "unchecked" }, {}, {}, {}],
    })
  })

  test("is refused for a job, and fails as Potpie does", async () => {
    await expect(bench.analyses.ask({ projectId: newJobId() })).rejects.toMatchObject({ code: "INVALID_INPUT" })
    await expect(bench.analyses.ask({ projectId: "../projects" })).rejects.toMatchObject({ code: "POTPIE_FAILED" })
  })
})
