import { describe, expect, it } from "vitest"
import { failure, lineages, startPair } from "./helpers/start-pair.js"

const repository = { repoName: "acme/orders", branchName: "main" }

describe("waiting for a project", () => {
  it("takes unknown words for work, and latest for nothing", async () => {
    const statuses = ["created", "queued", "indexing", "submitted", "completed", "timeout", "", "READY", "ready"]
    await using pair = await startPair({ statuses, lineage: "1.0.2" })
    const seen: unknown[] = []
    const { projectId } = await pair.potpie.parse(repository)
    await pair.potpie.waitUntilReady(projectId, {
      pollMs: 1,
      onStatus: ({ status, phase, latest }) => seen.push([status, phase, latest]),
    })
    expect(seen).toEqual(
      statuses.map((status) => [status, status === "ready" ? "ready" : "working", status === "ready"]),
    )
  })

  it.each(lineages)(
    "throws when the repository is missing at %s, and says what the server does not",
    async (lineage) => {
      await using pair = await startPair({ lineage, missingRepositories: ["acme/orders"] })
      const project = await pair.potpie.parse({ repoName: "acme/orders", commitId: "c0ffee" })
      const error = await failure(pair.potpie.waitUntilReady(project, { pollMs: 1 }))
      expect(error).toMatchObject({ code: "POTPIE_PARSE_FAILED", retryable: false })
      expect(error.hint).toContain("called ready without having been parsed")
      // Which it is, in every lineage.
      const again = await pair.potpie.parse({ repoName: "acme/orders", commitId: "c0ffee" })
      expect(again).toMatchObject({ projectId: project.projectId, status: "submitted" })
      expect(await pair.potpie.waitUntilReady(again, { pollMs: 1 })).toMatchObject({ status: "ready" })
    },
  )

  it("takes failed, which is in documents only, for error", async () => {
    await using pair = await startPair({ statuses: ["failed"] })
    const waited = pair.potpie.waitUntilReady(await pair.potpie.parse(repository), { pollMs: 1 })
    expect(await failure(waited)).toMatchObject({ code: "POTPIE_PARSE_FAILED" })
  })

  it("asks by name after a parse, which queues nothing again, and by id where the name leads elsewhere", async () => {
    await using pair = await startPair({ statuses: ["submitted", "submitted", "submitted", "ready"], stuckAfterMs: -1 })
    const project = await pair.potpie.parse(repository)
    await pair.potpie.waitUntilReady(project, { pollMs: 1 })
    expect(pair.fake.projects[0]?.parses).toBe(1)
    expect(new Set(pair.fake.requests.slice(1).map(({ path }) => path))).toEqual(new Set(["/api/v2/parsing-status"]))

    const other = await pair.potpie.parse({ repoName: "acme/other", branchName: "main" })
    await pair.potpie.waitUntilReady({ ...other, source: repository }, { pollMs: 1 })
    expect(pair.fake.requests.at(-1)?.path).toBe(`/api/v2/parsing-status/${other.projectId}`)
  })

  it("outlasts a server that is away for a while", async () => {
    await using pair = await startPair({}, { retry: { retries: 0 } })
    const project = await pair.potpie.parse(repository)
    for (const fault of [{ status: 503 }, { reset: true }, { status: 500 }]) pair.fake.failNext(fault)
    expect(await pair.potpie.waitUntilReady(project, { pollMs: 1 })).toMatchObject({ status: "ready" })
  })

  it("throws what will not pass", async () => {
    await using pair = await startPair()
    expect(await failure(pair.potpie.waitUntilReady("unknown"))).toMatchObject({ code: "POTPIE_NOT_FOUND" })
    pair.fake.failNext({ status: 401 })
    expect(await failure(pair.potpie.waitUntilReady("unknown"))).toMatchObject({ code: "POTPIE_AUTH" })
  })

  it("gives up in time, and may be tried again", async () => {
    await using pair = await startPair({ statuses: ["submitted"] })
    const project = await pair.potpie.parse(repository)
    const error = await failure(pair.potpie.waitUntilReady(project, { pollMs: 5, waitMs: 300 }))
    expect(error).toMatchObject({ code: "POTPIE_TIMEOUT", phase: "ready", retryable: true })
    expect(error.message).toContain("its last status was submitted")
    pair.fake.failNext({ hang: "headers" })
    const unanswered = await failure(pair.potpie.waitUntilReady(project, { waitMs: 20 }))
    expect(unanswered).toMatchObject({ code: "POTPIE_TIMEOUT", phase: "ready" })
  })

  it("stops when its signal or its listener says so", async () => {
    await using pair = await startPair({ statuses: ["submitted"] })
    const project = await pair.potpie.parse(repository)
    const controller = new AbortController()
    const reason = new Error("enough")
    const options = { signal: controller.signal, onStatus: () => controller.abort(reason) }
    const error = await failure(pair.potpie.waitUntilReady(project, options))
    expect(error).toMatchObject({ code: "ABORTED", cause: reason })
    const onStatus = (): void => {
      throw reason
    }
    await expect(pair.potpie.waitUntilReady(project, { onStatus })).rejects.toBe(reason)
  })
})
