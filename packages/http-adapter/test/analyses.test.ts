import { describe, expect, it } from "vitest"
import { buildApp } from "./helpers/build-app.js"
import type { TestApp } from "./helpers/build-app.js"

const list = "/api/v1/analyses"

function ask(test: TestApp, payload: object, headers: Record<string, string> = {}) {
  return test.app.inject({ method: "POST", url: list, payload, headers })
}

async function answered(test: TestApp, repo: string): Promise<string> {
  const { id } = (await ask(test, { repo })).json()
  await test.runtime.client.job(id).result()
  return id
}

describe("POST /api/v1/analyses", () => {
  it("is 202 with the analysis and its path", async () => {
    await using test = await buildApp()
    const answer = await ask(test, { repo: "org/name", question: "Why?", token: "ghp_x", provider: "potpie" })
    expect(answer.statusCode).toBe(202)
    const { id } = answer.json()
    expect(answer.headers.location).toBe(`${list}/${id}`)
    expect(answer.json()).toEqual({
      id,
      repository_id: 1,
      repo: "org/name",
      branch: "main",
      question: "Why?",
      state: "queued",
      commit: null,
      potpie_project_id: null,
      potpie_status: null,
      created_at: expect.any(String),
      finished_at: null,
      answer: null,
      failure: null,
      raw: null,
      links: {
        self: `${list}/${id}`,
        snippets: `${list}/${id}/snippets`,
        job: `/api/v1/jobs/${id}`,
        events: `/api/v1/jobs/${id}/events`,
        repository: "/api/v1/repositories/1",
      },
      deduplicated: false,
    })
    const { deduplicated: _not, ...analysis } = answer.json()
    expect((await test.app.inject(String(answer.headers.location))).json()).toEqual(analysis)
    expect(answer.body).not.toContain("ghp_x")
  })

  it("takes a repository that is registered, with the branch that is known of it", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository({ url: "https://github.com/owner/repo" })
    await test.repositories.update(id, { defaultBranch: "trunk" })
    const answer = await ask(test, { repository_id: id })
    expect(answer.json()).toMatchObject({ repository_id: id, branch: "trunk" })
    expect((await ask(test, { repository_id: id, branch: "next" })).json().branch).toBe("next")
    expect((await ask(test, { repository_id: 4711 })).statusCode).toBe(404)
  })

  it("does the work of one Idempotency-Key once", async () => {
    await using test = await buildApp()
    const headers = { "idempotency-key": "k" }
    const first = (await ask(test, { repo: "org/name" }, headers)).json()
    const second = (await ask(test, { repo: "org/name" }, headers)).json()
    expect(second).toMatchObject({ id: first.id, deduplicated: true })
  })

  it.each([
    [{}, "repo"],
    [{ repo: "org/name", repository_id: 1 }, "repo"],
    [{ repo: "nonsense" }, "repo"],
    [{ repo: "org/name", provider: "another" }, "provider"],
    [{ repo: "org/name", branch: "" }, "branch"],
  ])("refuses %j", async (payload, field) => {
    await using test = await buildApp()
    const answer = await ask(test, payload)
    expect(answer.statusCode).toBe(400)
    expect(answer.headers["content-type"]).toBe("application/problem+json")
    expect(answer.json().details[0].field).toBe(field)
  })
})

describe("reading analyses", () => {
  it("lists them newest first, page by page, and those of one repository", async () => {
    await using test = await buildApp()
    const ids = []
    for (const name of ["a", "b", "c"]) ids.unshift((await ask(test, { repo: `org/${name}` })).json().id)
    const idsOf = (page: { data: { id: string }[] }): string[] => page.data.map(({ id }) => id)
    const first = (await test.app.inject(`${list}?limit=2`)).json()
    expect([idsOf(first), first.has_more]).toEqual([ids.slice(0, 2), true])
    const rest = (await test.app.inject(`${list}?limit=2&cursor=${first.next_cursor}`)).json()
    expect([idsOf(rest), rest.has_more, rest.next_cursor]).toEqual([ids.slice(2), false, null])
    expect(idsOf((await test.app.inject(`${list}?repository_id=1`)).json())).toEqual(ids.slice(2))
    for (const query of ["limit=0", "repository_id=x", "cursor=%00"]) {
      expect((await test.app.inject(`${list}?${query}`)).statusCode, query).toBe(400)
    }
  })

  it("shows an answer and its snippets, all of them or those that came out as asked for", async () => {
    await using test = await buildApp()
    await test.answer()
    const id = await answered(test, "org/name")
    expect((await test.app.inject(`${list}/${id}`)).json()).toMatchObject({
      state: "finished",
      finished_at: expect.any(String),
      answer: {
        response: { architecture: "A lamp, and a switch." },
        snippets_count: 2,
        verification: { verbatim: 1, differs: 0, missing: 0, unchecked: 1 },
        metadata: { model: "gpt", total_nodes_found: 99 },
        processing_time_ms: 1234,
      },
    })
    const nodes = async (query = ""): Promise<string[]> =>
      (await test.app.inject(`${list}/${id}/snippets${query}`))
        .json()
        .data.map((one: { node_id: string }) => one.node_id)
    expect(await nodes()).toEqual(["src/lamp.ts:1-2", "the idea"])
    expect(await nodes("?verification=verbatim,missing")).toEqual(["src/lamp.ts:1-2"])
    expect(await nodes("?verification=unchecked&verification=differs")).toEqual(["the idea"])
    expect((await test.app.inject(`${list}/${id}/snippets?verification=perfect`)).statusCode).toBe(400)
  })

  it("is found by the id of Potpie's project, too, and 404 for what is neither", async () => {
    await using test = await buildApp()
    await test.answer(async (_context, note) => note({ potpieProjectId: "0197-potpie", raw: "no JSON" }))
    const id = await answered(test, "org/name")
    expect((await test.app.inject(`${list}/0197-potpie`)).json()).toMatchObject({ id, raw: "no JSON" })
    for (const other of ["..%2Fprojects", "%00", "0198-potpie", "a%2Fb"]) {
      for (const path of ["", "/snippets"]) {
        const answer = await test.app.inject(`${list}/${other}${path}`)
        expect(answer.statusCode).toBe(404)
        expect(answer.json().code).toBe("ANALYSIS_NOT_FOUND")
      }
    }
  })
})
