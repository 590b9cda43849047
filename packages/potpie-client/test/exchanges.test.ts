import { describe, expect, it } from "vitest"
import { fakeLineages } from "../src/testing/index.js"
import { collect, converse, failure, lineages, raw, startPair } from "./helpers/start-pair.js"

const uuid = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)

describe.each(lineages)("a whole analysis at %s", (lineage) => {
  const traits = fakeLineages[lineage]
  const sanitized = traits.errors === "sanitized"

  it("1: parses", async () => {
    await using pair = await startPair({ lineage })
    const { fake, potpie } = pair
    const source = { repoName: "acme/orders", branchName: "main" }
    expect(await potpie.parse(source)).toEqual({ projectId: uuid, status: "submitted", phase: "working", source })
    expect(fake.requests).toEqual([
      {
        method: "POST",
        path: "/api/v2/parse",
        query: {},
        headers: expect.objectContaining({ "x-api-key": "[redacted]", "content-type": "application/json" }),
        body: { repo_name: "acme/orders", branch_name: "main" },
      },
    ])
    expect([...fake.keys]).toEqual([fake.apiKey])
  })

  it("2: polls through all words of the lineage, and does not wait for latest", async () => {
    await using pair = await startPair({ lineage })
    const { fake, potpie } = pair
    const { projectId } = await potpie.parse({ repoName: "acme/orders", branchName: "main" })
    const seen: string[] = []
    const ready = await potpie.waitUntilReady(projectId, { pollMs: 1, onStatus: ({ status }) => seen.push(status) })
    expect(seen).toEqual(traits.statuses)
    expect(ready).toEqual({ projectId, status: "ready", phase: "ready", latest: traits.latestForBranches })
    expect(fake.requests.slice(1).map(({ method, path }) => `${method} ${path}`)).toEqual(
      seen.map(() => `GET /api/v2/parsing-status/${projectId}`),
    )
  })

  it("3: begins a conversation", async () => {
    await using pair = await startPair({ lineage })
    const { fake, potpie } = pair
    const { projectId } = await potpie.parse({ repoName: "acme/orders", branchName: "main" })
    expect(await potpie.createConversation({ projectId, agentId: "LLD_agent" })).toEqual({ conversationId: uuid })
    expect(fake.requests.at(-1)).toMatchObject({
      method: "POST",
      path: "/api/v2/conversations/",
      query: { hidden: "true" },
      body: { project_ids: [projectId], agent_ids: ["LLD_agent"] },
    })
    expect(fake.conversations).toMatchObject([{ projectId, agentId: "LLD_agent", hidden: true }])
  })

  it("4a: streams an answer, split anywhere", async () => {
    await using pair = await startPair({ lineage })
    const { fake, potpie } = pair
    const { conversationId } = await converse(pair)
    const call = { callId: "c1", toolName: "search_text", response: "Searching", details: { summary: "refund {" } }
    fake.answerNext({
      banner: true,
      toolCalls: [call],
      text: ["Refunds “live” in 💶 ", "src/refunds.ts."],
      chunkBytes: 7,
    })
    const stream = potpie.stream({ conversationId, content: "Where are refunds handled?", sessionId: "demo-run-1" })
    const parts = await collect(stream)
    expect(parts.map(({ text }) => text)).toEqual([
      "⏳ Setting up repository workspace, please wait...",
      "",
      "Refunds “live” in 💶 ",
      "src/refunds.ts.",
    ])
    expect(parts[1]?.toolCalls).toMatchObject([{ ...call, event: "call", isComplete: true }])
    expect(stream.soFar).toMatchObject({ text: parts.map(({ text }) => text).join(""), citations: [] })
    expect(fake.requests.at(-1)).toMatchObject({
      path: `/api/v2/conversations/${conversationId}/message/`,
      query: { stream: "true", session_id: "demo-run-1" },
      body: { content: "Where are refunds handled?" },
    })
    expect(fake.billed).toBe(1)
  })

  it("4b: gets an answer whole", async () => {
    await using pair = await startPair({ lineage })
    const { fake, potpie } = pair
    const { conversationId } = await converse(pair)
    fake.answerNext({ text: ["OrderService.cancel ", "calls them."], toolCalls: [{ callId: "c2" }] })
    expect(await potpie.ask({ conversationId, content: "And who calls them?" })).toMatchObject({
      text: "OrderService.cancel calls them.",
      thinking: undefined,
      citations: [],
      toolCalls: [{ callId: "c2", event: "call", raw: expect.anything() }],
    })
    expect(fake.requests.at(-1)).toMatchObject({ query: { stream: "false" } })
  })

  it("4c: asks once about a project", async () => {
    await using pair = await startPair({ lineage })
    const { fake, potpie } = pair
    const { projectId } = await potpie.parse({ repoName: "acme/orders", branchName: "main" })
    fake.answerNext({ text: '{"overview": "small"}', toolCalls: [{}] })
    const nodes = [{ nodeId: "n1", name: "refund" }]
    const answer = await potpie.ask({
      projectId,
      content: "Describe the architecture as JSON",
      agentId: "LLD_agent",
      nodes,
    })
    expect(answer).toEqual({ text: '{"overview": "small"}', thinking: undefined, citations: [], toolCalls: [] })
    expect(fake.requests.at(-1)).toMatchObject({
      path: `/api/v2/project/${projectId}/message/`,
      body: {
        content: "Describe the architecture as JSON",
        agent_id: "LLD_agent",
        node_ids: [{ node_id: "n1", name: "refund" }],
      },
    })
    expect(fake.billed).toBe(1)
  })

  it("5: understands a bad key", async () => {
    await using pair = await startPair({ lineage }, { apiKey: "sk-wrong" })
    const error = await failure(pair.potpie.projects())
    expect(error).toMatchObject({ code: "POTPIE_AUTH", status: 401, retryable: false, requestId: expect.any(String) })
    expect(error.detail).toBe(sanitized ? "Authentication required." : "Invalid API key")
    expect(pair.fake.requests).toHaveLength(1)
  })

  it("5: sends the bodies of both dialects for a bad key", async () => {
    await using pair = await startPair({ lineage })
    const headers = { "x-api-key": "sk-wrong", "x-request-id": "demo-1" }
    const answer = await raw(pair.fake, "/api/v2/projects/list", { headers })
    expect(answer.headers.get("www-authenticate")).toBe("ApiKey")
    expect(answer.headers.get("x-request-id")).toBe("demo-1")
    expect(answer.json()).toEqual(
      sanitized
        ? { detail: "Authentication required.", code: "authentication_required", request_id: "demo-1" }
        : { detail: "Invalid API key" },
    )
  })

  it("5: understands that there are no credits", async () => {
    await using pair = await startPair({ lineage, credits: 1 })
    const { conversationId, projectId } = await converse(pair)
    await pair.potpie.ask({ conversationId, content: "one" })
    const detail = sanitized ? "The request could not be completed." : traits.limitText
    const expected = { code: "POTPIE_NO_CREDITS", status: 402, retryable: false, detail }
    expect(await failure(pair.potpie.ask({ conversationId, content: "two" }))).toMatchObject(expected)
    expect(await failure(pair.potpie.stream({ conversationId, content: "two" }))).toMatchObject(expected)
    expect(await failure(pair.potpie.createConversation({ projectId }))).toMatchObject(expected)
    expect(await pair.potpie.ask({ projectId, content: "unchecked there" })).toHaveProperty("text")
    expect(pair.fake.billed).toBe(2)
  })

  it("5: understands a bad agent, which is a 500", async () => {
    await using pair = await startPair({ lineage })
    const { projectId } = await pair.potpie.parse({ repoName: "acme/orders", branchName: "main" })
    const sent = pair.fake.requests.length
    for (const wrong of [{ projectId, agentId: "qna-agent" }, { projectId: "unknown" }]) {
      const error = await failure(pair.potpie.createConversation(wrong))
      expect(error).toMatchObject({ code: "POTPIE_FAILED", status: 500, retryable: false })
      expect(error.hint).toContain("agents()")
      expect(error.detail).toMatch(sanitized ? /^An internal error/ : /while creating the conversation/)
    }
    expect(await failure(pair.potpie.ask({ projectId, agentId: "none", content: "x" }))).toMatchObject({ status: 500 })
    expect(pair.fake.requests).toHaveLength(sent + 3)
  })

  it("5: understands a missing field", async () => {
    await using pair = await startPair({ lineage })
    const error = await failure(
      pair.potpie.request({ method: "POST", path: "/api/v2/conversations/", body: { project_ids: ["p"] } }),
    )
    expect(error).toMatchObject({ code: "POTPIE_REJECTED", status: 422, retryable: false })
    expect(error.issues).toEqual([{ path: ["body", "agent_ids"], message: "Field required" }])
    expect(error.detail).toBe("body.agent_ids: Field required")
    const wire = await raw(pair.fake, "/api/v2/conversations/", { body: { project_ids: ["p"] } })
    const issue = { loc: ["body", "agent_ids"], msg: "Field required", type: "missing" }
    expect(wire.json()).toEqual(
      sanitized
        ? { detail: [issue], code: "validation_error", request_id: expect.any(String) }
        : { detail: [{ ...issue, input: { project_ids: ["p"] } }] },
    )
  })

  it("5: takes the empty stream of an unknown conversation for a failure", async () => {
    await using pair = await startPair({ lineage })
    const { potpie, fake } = pair
    const stream = potpie.stream({ conversationId: "unknown", content: "Hello?" })
    expect(await failure(stream)).toMatchObject({
      code: "POTPIE_ANSWER_EMPTY",
      status: 200,
      retryable: false,
      sessionId: stream.sessionId,
    })
    expect(await failure(potpie.ask({ conversationId: "unknown", content: "Hello?" }))).toMatchObject({
      code: "POTPIE_FAILED",
    })
    expect(fake.requests).toHaveLength(2)
  })

  it("6: stops a run", async () => {
    await using pair = await startPair({ lineage })
    const { potpie, fake } = pair
    const { conversationId } = await converse(pair)
    fake.answerNext({ text: ["Refunds ", "live"], gapMs: 60_000 })
    const stream = potpie.stream({ conversationId, content: "Where?", sessionId: "demo-run-1" })
    for await (const part of stream) {
      if (part.text !== "Refunds ") continue
      if (!traits.hasStop) {
        const error = await failure(potpie.stop({ conversationId, sessionId: stream.sessionId }))
        expect(error).toMatchObject({ code: "POTPIE_NOT_FOUND", status: 404 })
        return
      }
      expect(await potpie.stop({ conversationId, sessionId: stream.sessionId })).toEqual({
        message: "Cancellation signal sent and task revoked",
        savedPartial: true,
        messageId: expect.any(String),
      })
    }
    expect(stream.soFar.text).toBe("Refunds ")
    expect(fake.requests.at(-1)).toMatchObject({ query: { session_id: "demo-run-1" } })
    expect(fake.runs).toMatchObject([{ end: "cancelled" }])
  })
})
