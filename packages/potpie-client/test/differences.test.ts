import { describe, expect, it } from "vitest"
import { cleanAnswerText } from "../src/index.js"
import type { FakeLineage } from "../src/testing/index.js"
import { collect, converse, failure, lineages, raw, startPair } from "./helpers/start-pair.js"

/** The table of differences, spelled out again: the fake must not be its own judge. */
const J = "J" satisfies FakeLineage
const older = (lineage: FakeLineage): boolean => [J, "1.0.2", "1.1.1"].includes(lineage)
const statuses: Record<FakeLineage, string> = {
  J: "submitted cloned parsed ready",
  "1.0.2": "submitted cloned parsed inferring ready",
  "1.1.1": "submitted parsed inferring ready",
  L: "submitted parsed inferring ready",
  S: "submitted ready",
}

const repository = { repoName: "acme/orders", branchName: "main" }

describe.each(lineages)("what differs at %s", (lineage) => {
  it("error body", async () => {
    await using pair = await startPair({ lineage })
    const { json } = await raw(pair.fake, "/api/v2/parsing-status/unknown")
    expect(Object.keys(json())).toEqual(lineage === "S" ? ["detail", "code", "request_id"] : ["detail"])
    expect(await failure(pair.potpie.status("unknown"))).toMatchObject({ code: "POTPIE_NOT_FOUND", status: 404 })
  })

  it("error body of an uncaught exception", async () => {
    await using pair = await startPair({ lineage }, { retry: { retries: 0 } })
    pair.fake.failNext({ crash: true, times: 2 })
    const { headers, text } = await raw(pair.fake, "/api/v2/projects/list")
    expect(headers.get("content-type")).toContain(lineage === "S" ? "application/json" : "text/plain")
    expect(headers.has("x-request-id")).toBe(lineage === "S")
    if (lineage !== "S") expect(text).toBe("Internal Server Error")
    const error = await failure(pair.potpie.projects())
    expect(error).toMatchObject({ code: "POTPIE_FAILED", status: 500, retryable: true })
    expect(error.requestId).toBe(pair.fake.requests.at(-1)?.headers["x-request-id"])
  })

  it("tool_calls element", async () => {
    await using pair = await startPair({ lineage, answers: [{ toolCalls: [{ callId: "c1" }] }] })
    const { conversationId } = await converse(pair)
    const { toolCalls } = await pair.potpie.ask({ conversationId, content: "x" })
    expect(typeof toolCalls[0]?.raw).toBe(lineage === "L" ? "object" : "string")
    expect(toolCalls[0]).toMatchObject({ callId: "c1", isTruncated: lineage === J ? undefined : false })
  })

  it("thinking key", async () => {
    const answers = Array(3).fill({ thinking: "Hm.", text: "Yes." })
    await using pair = await startPair({ lineage, answers })
    const { conversationId } = await converse(pair)
    const path = `/api/v2/conversations/${conversationId}/message/?stream=false`
    const wire = (await raw(pair.fake, path, { body: { content: "x" } })).json()
    if (lineage === J) expect(wire).not.toHaveProperty("thinking")
    else expect(wire.thinking).toBe(lineage === "L" ? "Hm." : null)
    const thinking = lineage === "L" ? "Hm." : undefined
    expect(await pair.potpie.ask({ conversationId, content: "x" })).toMatchObject({ thinking, text: "Yes." })
    const stream = pair.potpie.stream({ conversationId, content: "x" })
    await collect(stream)
    expect(stream.soFar).toMatchObject({ thinking, text: "Yes." })
  })

  it("<think> inside message", async () => {
    await using pair = await startPair({ lineage, answers: [{ thought: "Hm.", text: "Yes." }] })
    const { conversationId } = await converse(pair)
    const { text } = await pair.potpie.ask({ conversationId, content: "x" })
    expect(text).toBe(lineage === J ? "Yes." : "<think>Hm.</think>Yes.")
    expect(cleanAnswerText(text)).toBe("Yes.")
  })

  it("cursor", async () => {
    await using pair = await startPair({ lineage, answers: [{ text: ["One ", "answer."], cutAfterBytes: 70 }] })
    const { potpie, fake } = pair
    const { conversationId } = await converse(pair)
    const stream = potpie.stream({ conversationId, content: "x" })
    const { sessionId } = stream
    expect(await failure(stream)).toMatchObject({ code: "POTPIE_INTERRUPTED", retryable: false, sessionId })
    expect(fake.billed).toBe(1)
    const again = potpie.resume({ conversationId, content: "x", sessionId, lineage: "L" })
    await collect(again)
    expect(again.soFar.text).toBe("One answer.")
    // Everywhere but at L the old answer came, and a new run was paid for: hence the caller's word for the lineage.
    expect(fake.billed).toBe(lineage === "L" ? 1 : 2)
    expect(() => potpie.resume({ conversationId, content: "x", sessionId, lineage: "S" as "L" })).toThrow("lineage")
    if (lineage !== "L") return
    const expired = potpie.resume({ conversationId, content: "x", sessionId: "expired", lineage: "L" })
    expect(await failure(expired)).toMatchObject({ code: "POTPIE_ANSWER_EMPTY", sessionId: "expired" })
    expect(fake.billed).toBe(1)
  })

  it("stream start", async () => {
    await using pair = await startPair({ lineage, answers: [{ text: ["One ", "answer."], lostPieces: 1, delayMs: 1 }] })
    const { conversationId } = await converse(pair)
    const path = `/api/v2/conversations/${conversationId}/message/?session_id=a`
    pair.fake.answerNext({ text: "Whole." })
    const stream = pair.potpie.stream({ conversationId, content: "x" })
    const first: string[] = []
    for await (const { text } of stream) {
      first.push(text)
      if (text === "answer.") break
    }
    expect(first).toEqual(lineage === "L" ? ["One ", "answer."] : ["answer."])
    const { text } = await raw(pair.fake, path, { body: { content: "x" } })
    const objects = text.split("}{").length
    expect(objects).toBe(lineage === "L" ? 2 : 1)
  })

  it("/stop", async () => {
    await using pair = await startPair({ lineage })
    const { conversationId } = await converse(pair)
    const stopped = pair.potpie.stop({ conversationId })
    if (lineage === J) expect(await failure(stopped)).toMatchObject({ code: "POTPIE_NOT_FOUND" })
    else
      expect(await stopped).toEqual({ message: "No active session to stop", savedPartial: false, messageId: undefined })
  })

  it("status path", async () => {
    await using pair = await startPair({ lineage })
    const seen: string[] = []
    const project = await pair.potpie.parse(repository)
    await pair.potpie.waitUntilReady(project, { pollMs: 1, onStatus: ({ status }) => seen.push(status) })
    expect(seen.join(" ")).toBe(statuses[lineage])
    const [one] = await pair.potpie.projects()
    expect(one).toEqual({ projectId: project.projectId, ...repository, status: "ready", phase: "ready" })
    expect(await pair.potpie.parse(repository)).toMatchObject({ projectId: project.projectId, status: "ready" })
  })

  it("status path: what /parse answers while inferring", async () => {
    await using pair = await startPair({ lineage, statuses: ["submitted", "inferring", "ready"] })
    const { projectId } = await pair.potpie.parse(repository)
    await pair.potpie.waitUntilReady(projectId, { pollMs: 1, acceptInferring: true, onStatus: () => {} })
    // The look showed `inferring`, and the next one shows `ready`.
    expect((await pair.potpie.parse(repository)).status).toBe("ready")
    await using other = await startPair({ lineage, statuses: ["submitted", "inferring", "inferring", "ready"] })
    const { projectId: busy } = await other.potpie.parse(repository)
    await other.potpie.waitUntilReady(busy, { pollMs: 1, acceptInferring: true })
    expect((await other.potpie.parse(repository)).status).toBe(lineage === J ? "submitted" : "inferring")
  })

  it("latest for branches", async () => {
    await using pair = await startPair({ lineage, statuses: ["submitted", "ready"] })
    const branch = await pair.potpie.parse(repository)
    expect((await pair.potpie.waitUntilReady(branch, { pollMs: 1 })).latest).toBe([J, "1.0.2"].includes(lineage))
    const pinned = await pair.potpie.parse({ repoName: "acme/orders", commitId: "c0ffee" })
    expect(await pair.potpie.status(pinned.projectId)).toMatchObject({ status: "submitted", latest: true })
  })

  it("stuck re-queue on poll", async () => {
    await using pair = await startPair({ lineage, statuses: ["submitted"], stuckAfterMs: -1 })
    const project = await pair.potpie.parse(repository)
    expect(pair.fake.projects[0]?.parses).toBe(1)
    await pair.potpie.findProject(repository)
    await failure(pair.potpie.waitUntilReady(project, { pollMs: 1, waitMs: 20 }))
    expect(pair.fake.projects[0]?.parses).toBe(1)
    await pair.potpie.status(project.projectId)
    expect(pair.fake.projects[0]?.parses).toBe(lineage === J ? 1 : 2)
  })

  it("402 text", async () => {
    await using pair = await startPair({ lineage, credits: 0 })
    const { json } = await raw(pair.fake, "/api/v2/conversations/", { body: { project_ids: ["p"], agent_ids: ["a"] } })
    if (lineage === J) expect(json().detail).toMatch(/^Message limit of \d+ reached for free plan\.$/)
    else if (older(lineage) || lineage === "L") expect(json().detail).toMatch(/^Credit limit reached\./)
    else expect(json()).toMatchObject({ detail: "The request could not be completed.", code: "request_failed" })
  })

  it("failed run, not streamed", async () => {
    await using pair = await startPair({ lineage, answers: [{ fails: "KeyError: 'x'" }] })
    const { conversationId } = await converse(pair)
    const error = await failure(pair.potpie.ask({ conversationId, content: "x" }))
    expect(error).toMatchObject({ code: "POTPIE_FAILED", status: 500, retryable: false, sessionId: expect.any(String) })
    if (lineage === J) expect(error.detail).toBe("KeyError: 'x'")
    else if (lineage === "S") expect(error.detail).toBe("An internal error occurred. Please try again later.")
    else expect(error.detail).toBe("An internal error occurred.")
    expect(pair.fake.billed).toBe(1)
  })

  it("extra 503", async () => {
    await using pair = await startPair({ lineage, down: "hatchet" })
    const { conversationId } = await converse(pair)
    const asked = pair.potpie.ask({ conversationId, content: "x" })
    if (lineage === "L") expect(await failure(asked)).toMatchObject({ code: "POTPIE_UNAVAILABLE", status: 503 })
    else expect(await asked).toHaveProperty("text")
  })

  it("repository with no parseable code", async () => {
    await using pair = await startPair({ lineage, withoutCode: ["acme/orders"] })
    const waited = pair.potpie.waitUntilReady(await pair.potpie.parse(repository), { pollMs: 1 })
    if (lineage === "S") expect(await waited).toMatchObject({ status: "ready" })
    else expect(await failure(waited)).toMatchObject({ code: "POTPIE_PARSE_FAILED", retryable: false })
  })

  it("search index", async () => {
    await using pair = await startPair({ lineage })
    const { projectId } = await pair.potpie.parse(repository)
    const results = await pair.potpie.search({ projectId, query: "refund nothing" })
    const found = { nodeId: "n1", name: "refund", filePath: "src/refunds.ts", content: expect.any(String) }
    expect(results).toEqual(lineage === "S" ? [] : [{ ...found, matchType: "Partial Match", relevance: 1 }])
    expect(await pair.potpie.search({ projectId: "unknown", query: "refund" })).toEqual([])
  })
})
