import { describe, expect, it } from "vitest"
import { createPotpieClient, type ParseInput, path, type Timeouts } from "../src/index.js"
import { failure, raw, startPair } from "./helpers/start-pair.js"

describe("paths", () => {
  it.each(["../projects/list", "..%2Fprojects", "a/b", "a?b=c", "a#b", "ü 💶", "a\\b", "%2e%2e", "...", "a\nb"])(
    "keep %j in its place",
    async (id) => {
      await using pair = await startPair()
      await failure(pair.potpie.status(id))
      await failure(pair.potpie.ask({ conversationId: id, content: "x" }))
      await failure(pair.potpie.ask({ projectId: id, content: "x" }))
      const encoded = encodeURIComponent(id)
      expect(pair.fake.requests.map((request) => request.path)).toEqual([
        `/api/v2/parsing-status/${encoded}`,
        `/api/v2/conversations/${encoded}/message/`,
        `/api/v2/project/${encoded}/message/`,
      ])
    },
  )

  it.each(["", ".", "..", "\ud800"])("cannot hold %j", async (id) => {
    await using pair = await startPair()
    expect(await failure(pair.potpie.status(id))).toMatchObject({ code: "INVALID_INPUT" })
    expect(await failure(pair.potpie.stop({ conversationId: id }))).toMatchObject({ code: "INVALID_INPUT" })
    expect(pair.fake.requests).toEqual([])
  })

  it("are kept under a base URL with a path of its own", async () => {
    await using pair = await startPair()
    await using other = await startPair({}, { baseUrl: `${pair.fake.url}/potpie/` })
    await failure(other.potpie.projects())
    expect(pair.fake.requests[0]?.path).toBe("/potpie/api/v2/projects/list")
  })
})

describe("request", () => {
  it("reaches any route with the key, the errors and the retries of the client", async () => {
    await using pair = await startPair()
    expect(await pair.potpie.request({ path: "/health" })).toMatchObject({
      status: 200,
      body: { status: "ok" },
      requestId: expect.any(String),
    })
    const body = { project_id: "p", query: "x" }
    const headers = { "X-Request-ID": "mine", "x-api-key": "not this one" }
    const result = await pair.potpie.request({
      method: "post",
      path: "/api/v2/search",
      query: { a: "b c", d: undefined },
      body,
      headers,
    })
    expect(result).toMatchObject({ body: { results: [] }, requestId: "mine" })
    expect(pair.fake.requests[1]).toMatchObject({ method: "POST", query: { a: "b c" }, body })
    expect([...pair.fake.keys]).toEqual([pair.fake.apiKey])
    expect(await failure(pair.potpie.request({ path: path`/api/v2/parsing-status/${"a/b"}` }))).toMatchObject({
      code: "POTPIE_NOT_FOUND",
    })
    pair.fake.failNext({ status: 200, body: "plain", contentType: "text/plain" })
    expect((await pair.potpie.request({ path: "/health" })).body).toBe("plain")
  })

  it.each([
    "health",
    "",
    "//evil.example/x",
    "/api/../admin",
    "/a?b=c",
    "/a#b",
    "/a\\b",
    "/a/%2e%2e/b",
    "@evil.example/",
    ".evil.example/x",
    ":1/",
  ])("refuses the path %j", async (wrong) => {
    await using pair = await startPair({}, { baseUrl: "http://127.0.0.1:9" })
    expect(await failure(pair.potpie.request({ path: wrong }))).toMatchObject({
      code: wrong.startsWith("//") ? expect.any(String) : "INVALID_INPUT",
    })
  })

  it("takes the fetch that it is given", async () => {
    const seen: unknown[] = []
    const fetch: typeof globalThis.fetch = (input, init) => {
      seen.push(String(input), init?.method)
      return globalThis.fetch(input, init)
    }
    await using pair = await startPair({ answers: [{ text: "Yes." }] }, { fetch })
    const { projectId } = await pair.potpie.parse({ repoName: "acme/orders", branchName: "main" })
    expect((await pair.potpie.ask({ projectId, content: "x" })).text).toBe("Yes.")
    expect(seen).toHaveLength(4)
    await pair.fake.close()
    const error = await failure(pair.potpie.ask({ projectId, content: "x" }))
    expect(error).toMatchObject({ code: "POTPIE_NETWORK", retryable: true })
  })

  it("gives up on an injected fetch that hears no signal", async () => {
    const fetch = () => Promise.resolve(new Response(new ReadableStream({ start() {} })))
    await using pair = await startPair({}, { fetch, retry: { retries: 0 } })
    expect(await failure(pair.potpie.projects({ timeouts: { body: 20 } }))).toMatchObject({ code: "POTPIE_TIMEOUT" })
  })
})

describe("options", () => {
  it("that are undefined change nothing, and numbers that are none are refused", async () => {
    const timeouts = { connect: undefined, headers: undefined } as unknown as Partial<Timeouts>
    await using pair = await startPair({}, { timeouts: { calls: timeouts } })
    pair.fake.failNext({ delayMs: 30 })
    expect(await pair.potpie.projects({ timeouts })).toEqual([])
    await expect(pair.potpie.projects({ timeouts: { body: Number.NaN } })).rejects.toThrow("body must be a number")
    expect(() => createPotpieClient({ apiKey: "sk-x", retry: { retries: -1 } })).toThrow("retries must be a number")
  })

  it("default to the hosted server", async () => {
    const urls: string[] = []
    const fetch: typeof globalThis.fetch = async (input) => {
      urls.push(String(input))
      return new Response("[]")
    }
    await createPotpieClient({ apiKey: "sk-x", fetch }).projects()
    expect(urls).toEqual(["https://production-api.potpie.ai/api/v2/projects/list"])
  })
})

describe("input", () => {
  it.each<[string, ParseInput]>([
    ["a name without an owner", { repoName: "orders", branchName: "main" }],
    ["a name with too many parts", { repoName: "a/b/c", branchName: "main" }],
    ["a path", { repoName: "../orders", branchName: "main" }],
    ["a home", { repoName: "~/orders", branchName: "main" }],
    ["a blank name", { repoName: " ", branchName: "main" }],
    ["neither branch nor commit", { repoName: "acme/orders" } as unknown as ParseInput],
    ["a blank folder", { repoPath: "" }],
  ])("is refused before it is sent: %s", async (_, input) => {
    await using pair = await startPair()
    const error = await failure(pair.potpie.parse(input))
    expect(error).toMatchObject({ code: "INVALID_INPUT", issues: [{ path: [expect.any(String)] }] })
    expect(pair.fake.requests).toEqual([])
  })

  it("that is blank is not sent", async () => {
    await using pair = await startPair()
    const { potpie } = pair
    const calls = [
      () => potpie.search({ projectId: "p", query: " " }),
      () => potpie.ask({ projectId: "p", content: "\n" }),
      async () => potpie.stream({ conversationId: "c", content: "" }),
      () => potpie.createConversation({ projectId: "" }),
      () => potpie.findProject({ repoName: "" }),
    ]
    for (const call of calls) expect(await failure(call())).toMatchObject({ code: "INVALID_INPUT" })
    expect(pair.fake.requests).toEqual([])
  })

  it("that the server would refuse meets its words", async () => {
    await using pair = await startPair({ lineage: "L" })
    const { fake, potpie } = pair
    const refused = async (body: object): Promise<unknown> => (await raw(fake, "/api/v2/parse", { body })).json().detail
    expect(await refused({ repo_name: "" })).toMatchObject([{ type: "value_error", loc: ["body"] }])
    expect(await failure(potpie.parse({ repoPath: "/srv/orders" }))).toMatchObject({
      code: "POTPIE_REJECTED",
      status: 400,
      detail: "Parsing local repositories is only supported in development mode",
    })
    await using development = await startPair({ development: true })
    const [one, two] = [
      await development.potpie.parse({ repoPath: "/srv/a" }),
      await development.potpie.parse({ repoPath: "/srv/a" }),
    ]
    expect(one.projectId).not.toBe(two.projectId)
    expect(await development.potpie.waitUntilReady(two, { pollMs: 1 })).toMatchObject({ status: "ready" })
  })
})
