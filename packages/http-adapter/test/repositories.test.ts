import { describe, expect, it } from "vitest"
import { buildApp } from "./helpers/build-app.js"

const url = "/api/v1/repositories"

describe("POST /api/v1/repositories", () => {
  it("registers a repository, and says where it is", async () => {
    await using test = await buildApp()
    const answer = await test.app.inject({
      method: "POST",
      url,
      payload: { url: "https://github.com/user/repo.git", default_branch: "main" },
    })
    expect(answer.statusCode).toBe(201)
    expect(answer.headers.location).toBe("/api/v1/repositories/1")
    expect(answer.headers["content-type"]).toBe("application/json")
    expect(answer.json()).toEqual({
      id: 1,
      url: "https://github.com/user/repo.git",
      name: "user/repo",
      default_branch: "main",
      status: "pending",
      last_indexed_at: null,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      updated_at: expect.any(String),
      snapshot: null,
      latest_job: null,
    })
  })

  it("takes owner/repo, and knows no default branch then", async () => {
    await using test = await buildApp()
    const answer = await test.app.inject({ method: "POST", url, payload: { url: "owner/repo" } })
    expect(answer.json()).toMatchObject({ url: "https://github.com/owner/repo", default_branch: null })
  })

  it("refuses a URL that the parser refuses, with the field and the parser's hint", async () => {
    await using test = await buildApp()
    const answer = await test.app.inject({ method: "POST", url, payload: { url: "git@github.com:owner/repo.git" } })
    expect(answer.statusCode).toBe(400)
    expect(answer.headers["content-type"]).toBe("application/json")
    expect(answer.json()).toMatchObject({
      error: "Validation failed",
      code: "VALIDATION_ERROR",
      details: [{ field: "url", message: "That is not the URL of a repository that can be fetched." }],
      errors: [{ pointer: "#/url", detail: "That is not the URL of a repository that can be fetched." }],
      type: "/errors/GIT_URL_REFUSED",
      hint: "Try https://github.com/owner/repo.git",
      success: false,
      status: 400,
      instance: url,
    })
  })

  it.each([
    [undefined, "", "a JSON object is required"],
    [{}, "url", "is required"],
    [{ url: 7 }, "url", "must be of type string"],
    [{ url: "" }, "url", "must not be empty"],
    [{ url: "owner/repo\u0000" }, "url", "must not hold control characters"],
    [{ url: "owner/\ud800" }, "url", "must be well-formed Unicode"],
    [{ url: "owner/repo", default_branch: "" }, "default_branch", "must not be empty"],
    [{ url: "owner/repo", default_branch: "a..b" }, "default_branch", "is not a name that git allows for a branch"],
    [{ url: "owner/repo", default_branch: "-x" }, "default_branch", "is not a name that git allows for a branch"],
  ])("refuses the body %j and names what is wrong", async (payload, field, message) => {
    await using test = await buildApp()
    const answer = await test.app.inject({ method: "POST", url, ...(payload && { payload }) })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().details).toContainEqual({ field, message })
  })

  it("answers 409 for a repository that is registered already, and says which one it is", async () => {
    await using test = await buildApp()
    await test.app.inject({ method: "POST", url, payload: { url: "owner/repo" } })
    const answer = await test.app.inject({ method: "POST", url, payload: { url: "https://github.com/owner/repo.git" } })
    expect(answer.statusCode).toBe(409)
    expect(answer.json()).toMatchObject({ code: "unique_violation", existing_id: 1, type: "/errors/REPOSITORY_EXISTS" })
    expect(answer.headers.location).toBe("/api/v1/repositories/1")
  })

  it("creates once for one Idempotency-Key, and refuses the key for another URL", async () => {
    await using test = await buildApp()
    const post = (text: string) =>
      test.app.inject({ method: "POST", url, headers: { "idempotency-key": "k-1" }, payload: { url: text } })
    const first = await post("owner/repo")
    const again = await post("owner/repo")
    expect([first.statusCode, again.statusCode]).toEqual([201, 201])
    expect(again.json()).toEqual(first.json())
    const other = await post("owner/other")
    expect(other.statusCode).toBe(422)
    expect(other.json().code).toBe("IDEMPOTENCY_MISMATCH")
  })

  it.each(["", "a b", "x".repeat(256), "schlüssel"])("refuses the Idempotency-Key %j", async (key) => {
    await using test = await buildApp()
    const headers = { "idempotency-key": Buffer.from(key).toString("latin1") }
    const answer = await test.app.inject({ method: "POST", url, headers, payload: { url: "owner/repo" } })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().errors[0].parameter).toBe("idempotency-key")
  })
})

describe("GET /api/v1/repositories", () => {
  it("is a bare array, ten at a time, with the total in a header", async () => {
    await using test = await buildApp()
    for (let number = 1; number <= 12; number++) await test.aRepository({ url: `owner/repo-${number}` })
    const page = await test.app.inject(url)
    expect(page.json()).toHaveLength(10)
    expect(page.json()[0].name).toBe("owner/repo-12")
    expect(page.headers["x-total-count"]).toBe("12")
    const rest = await test.app.inject(`${url}?limit=5&offset=10`)
    expect(rest.json().map(({ name }: { name: string }) => name)).toEqual(["owner/repo-2", "owner/repo-1"])
  })

  it.each([
    "limit=0",
    "limit=101",
    "limit=-1",
    "limit=99999999999999999999",
    "offset=-1",
    "offset=1e999",
    "offset=9007199254740992",
  ])("treats %s as the older API did", async (query) => {
    await using test = await buildApp()
    const answer = await test.app.inject(`${url}?${query}`)
    expect(answer.statusCode).toBe(query === "offset=1e999" ? 200 : 400)
  })

  it.each(["limit=ten", "limit=", "limit=5.5", "offset=%00", "limit=abc&offset=xyz", "limit=7&limit=900"])(
    "takes the default for %s, which is no number, and the first of several",
    async (query) => {
      await using test = await buildApp()
      expect((await test.app.inject(`${url}?${query}`)).statusCode).toBe(200)
    },
  )

  it("shows each repository's status and latest job", async () => {
    await using test = await buildApp()
    await test.aRepository({ url: "owner/quiet" })
    const busy = await test.aRepository({ url: "owner/busy", published: true })
    await test.app.inject({ method: "POST", url: `${url}/${busy.id}/index` })
    const [first, second] = (await test.app.inject(url)).json()
    expect(first).toMatchObject({ name: "owner/busy", status: "pending", latest_job: { state: "queued" } })
    expect(second).toMatchObject({ name: "owner/quiet", status: "pending", latest_job: null })
  })
})

describe("GET /api/v1/repositories/{id}", () => {
  it("shows the published snapshot", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository({ published: true })
    const answer = await test.app.inject(`${url}/${id}`)
    expect(answer.json()).toMatchObject({
      status: "completed",
      last_indexed_at: "2026-11-22T06:00:00.000Z",
      snapshot: { number: 1, branch: "main", totals: { commits: 12, merge_commits: 1 } },
    })
  })

  it.each(["abc", "1.5", "0x1", "0", "-1", "99999999999999999999", "1%00", "%F0%9F%92%A9"])(
    "answers 400 for the id %s",
    async (id) => {
      await using test = await buildApp()
      const answer = await test.app.inject(`${url}/${id}`)
      expect(answer.statusCode).toBe(400)
      expect(answer.json().details[0].field).toBe("id")
    },
  )

  it("answers 404 for a repository there is not, and for one of another tenant", async () => {
    await using test = await buildApp()
    const other = await test.aRepository({ tenant: "other" })
    for (const id of [other.id, 4711, Number.MAX_SAFE_INTEGER]) {
      const answer = await test.app.inject(`${url}/${id}`)
      expect(answer.statusCode).toBe(404)
      expect(answer.json().code).toBe("not_found")
    }
  })
})

describe("PATCH /api/v1/repositories/{id}", () => {
  it("changes the default branch", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const answer = await test.app.inject({
      method: "PATCH",
      url: `${url}/${id}`,
      payload: { default_branch: "release/1.0" },
    })
    expect(answer.statusCode).toBe(200)
    expect(answer.json().default_branch).toBe("release/1.0")
    expect((await test.app.inject(`${url}/${id}`)).json().default_branch).toBe("release/1.0")
  })

  it.each([
    {},
    { default_branch: "" },
    { default_branch: null },
    { default_branch: "a b" },
    { default_branch: ["main"] },
    { url: "x" },
  ])("refuses %j, and leaves the repository as it was", async (payload) => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const answer = await test.app.inject({ method: "PATCH", url: `${url}/${id}`, payload })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().details[0].field).toBe("default_branch")
    expect((await test.app.inject(`${url}/${id}`)).json().default_branch).toBeNull()
  })

  it("does not reach into another tenant", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository({ tenant: "other" })
    const answer = await test.app.inject({ method: "PATCH", url: `${url}/${id}`, payload: { default_branch: "main" } })
    expect(answer.statusCode).toBe(404)
    expect((await test.repositories.get(id, "other"))?.defaultBranch).toBeUndefined()
  })
})

describe("GET /api/v1/repositories/{id}/status", () => {
  it("says where it stands, and how far the latest job is", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    expect((await test.app.inject(`${url}/${id}/status`)).json()).toEqual({
      repository_id: id,
      status: "pending",
      latest_job: null,
    })
    expect((await test.app.inject(`${url}/4711/status`)).statusCode).toBe(404)
  })
})
