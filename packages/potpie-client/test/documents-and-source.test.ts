import { describe, expect, it } from "vitest"
import type { FakePotpie } from "../src/testing/index.js"
import { collect, converse, lineages, raw, startPair } from "./helpers/start-pair.js"

/** Where public documents, the server's source and its clients say different things, the source is right. */
describe.each(lineages)("what documents get wrong about %s", (lineage) => {
  const post = async (fake: FakePotpie, path: string, body: object) => (await raw(fake, path, { body })).json()

  it("auth: by x-api-key, not by a bearer token", async () => {
    await using pair = await startPair({ lineage })
    const headers = { "x-api-key": "", authorization: `Bearer ${pair.fake.apiKey}` }
    expect((await raw(pair.fake, "/api/v2/projects/list", { headers })).status).toBe(401)
    await pair.potpie.projects()
    expect(pair.fake.requests.at(-1)?.headers).not.toHaveProperty("authorization")
  })

  it("conversations: two lists are all that is read, and they are hidden unless told otherwise", async () => {
    await using pair = await startPair({ lineage })
    const { projectId } = await converse(pair)
    const body = { project_ids: [projectId], agent_ids: ["LLD_agent"], user_id: "u", title: "t", status: "active" }
    await post(pair.fake, "/api/v2/conversations/", body)
    await pair.potpie.createConversation({ projectId, hidden: false })
    expect(pair.fake.conversations.map(({ hidden }) => hidden)).toEqual([true, true, false])
  })

  it("messages: JSON only, never 404, nothing of Server-Sent Events, no citations", async () => {
    await using pair = await startPair({ lineage })
    const { conversationId } = await converse(pair)
    const path = `/api/v2/conversations/${conversationId}/message/`
    const headers = { "content-type": "multipart/form-data; boundary=x" }
    expect((await raw(pair.fake, path, { body: "--x--", headers })).status).toBe(422)
    expect((await raw(pair.fake, "/api/v2/conversations/unknown/message/", { body: { content: "x" } })).status).toBe(
      200,
    )
    const { text } = await raw(pair.fake, path, { body: { content: "x" } })
    expect(text).not.toMatch(/data:|\n|\[DONE\]/)
    const stream = pair.potpie.stream({ conversationId, content: "x" })
    await collect(stream)
    expect(stream.soFar.citations).toEqual([])
  })

  it("a real event stream would be understood all the same", async () => {
    await using pair = await startPair({ lineage })
    const { conversationId } = await converse(pair)
    const event = (message: string): string => `data: ${JSON.stringify({ message })}\n\n`
    const body = event("One ") + event("two.")
    pair.fake.failNext({ status: 200, contentType: "text/event-stream", body })
    const stream = pair.potpie.stream({ conversationId, content: "x" })
    await collect(stream)
    expect(stream.soFar.text).toBe("One two.")
  })

  it("status by repository: four members, no progress", async () => {
    await using pair = await startPair({ lineage })
    await converse(pair)
    const found = await post(pair.fake, "/api/v2/parsing-status", { repo_name: "acme/orders", branch_name: "main" })
    expect(Object.keys(found).sort()).toEqual(["latest", "project_id", "repo_name", "status"])
    expect(await pair.potpie.findProject({ repoName: "acme/orders", branchName: "main" })).toMatchObject({
      projectId: found.project_id,
      repoName: "acme/orders",
    })
    expect(await pair.potpie.findProject({ repoName: "acme/orders" })).toBeUndefined()
    expect(await pair.potpie.findProject({ repoName: "ACME/orders", branchName: "main" })).toBeUndefined()
  })

  it("projects have a branch name; agents of the system have no visibility", async () => {
    await using pair = await startPair({ lineage })
    await converse(pair)
    expect(await pair.potpie.projects()).toMatchObject([{ repoName: "acme/orders", branchName: "main" }])
    const agents = await pair.potpie.agents()
    expect(agents).toHaveLength(9)
    expect(agents[4]).toEqual({
      agentId: "LLD_agent",
      name: expect.any(String),
      description: expect.any(String),
      status: "SYSTEM",
      visibility: undefined,
    })
  })

  it("search: by parts of words, and a blank query is 422", async () => {
    await using pair = await startPair({ lineage })
    const { projectId } = await converse(pair)
    const blank = await raw(pair.fake, "/api/v2/search", { body: { project_id: projectId, query: " " } })
    expect(blank.status).toBe(422)
    const results = await pair.potpie.search({ projectId, query: "efun" })
    expect(results.map(({ matchType }) => matchType)).toEqual(lineage === "S" ? [] : ["Exact Match"])
  })

  it("no limits of rate are announced, and errors have their text in detail", async () => {
    await using pair = await startPair({ lineage })
    const { headers, json } = await raw(pair.fake, "/api/v2/none")
    expect([...headers.keys()].filter((name) => /rate|retry/i.test(name))).toEqual([])
    expect(json().detail).toEqual(expect.any(String))
    expect(json()).not.toHaveProperty("message")
  })

  it("parse: extra fields are ignored, and ids are UUIDs of version 7", async () => {
    await using pair = await startPair({ lineage })
    const extra = { repo_name: "acme/orders", branch_name: "main", github_token: "t", filters: {} }
    const { project_id: id } = await post(pair.fake, "/api/v2/parse", extra)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    expect((await pair.potpie.parse({ repoName: "acme/orders", branchName: "main" })).projectId).toBe(id)
  })

  it("there is no graph of knowledge on v2, and no list of messages", async () => {
    await using pair = await startPair({ lineage })
    for (const path of ["/api/v2/knowledge-graph/semantic-search", "/api/v2/conversations/c/messages"]) {
      expect((await raw(pair.fake, path, { body: {} })).status).toBe(404)
    }
  })
})
