import { describe, expect, it } from "vitest"
import { buildApp } from "./helpers/build-app.js"

const names = ["contributors", "files", "bus-factor", "churn", "commit-activity"]

describe.each(names)("GET /api/v1/repositories/{id}/stats/%s", (name) => {
  it("answers 409 while no snapshot exists, and says what to do", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const answer = await test.app.inject(`/api/v1/repositories/${id}/stats/${name}`)
    expect(answer.statusCode).toBe(409)
    expect(answer.json()).toMatchObject({ code: "SNAPSHOT_NOT_READY", hint: expect.stringContaining("/index") })
  })

  it("goes on answering while the repository is indexed again", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository({ published: true })
    await test.app.inject({ method: "POST", url: `/api/v1/repositories/${id}/index` })
    expect((await test.app.inject(`/api/v1/repositories/${id}/stats/${name}`)).statusCode).toBe(200)
  })

  it("answers 404 for a repository there is not, and 400 for what is no id", async () => {
    await using test = await buildApp()
    expect((await test.app.inject(`/api/v1/repositories/4711/stats/${name}`)).statusCode).toBe(404)
    expect((await test.app.inject(`/api/v1/repositories/x/stats/${name}`)).statusCode).toBe(400)
  })
})

describe("statistics", () => {
  it("show contributors in pages", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository({ published: true })
    const answer = await test.app.inject(`/api/v1/repositories/${id}/stats/contributors?limit=1&offset=1`)
    expect(answer.json()).toEqual({
      contributors: [
        {
          id: 2,
          repository_id: id,
          email: "grace@example.org",
          name: "Grace",
          first_commit_at: "2026-01-01T12:00:00.000Z",
          last_commit_at: "2026-11-01T12:00:00.000Z",
          created_at: "2026-11-22T06:00:00.000Z",
          updated_at: "2026-11-22T06:00:00.000Z",
          commits: 9,
          additions: 100,
          deletions: 5,
          files_touched: 3,
          bot: false,
        },
      ],
      total: 3,
    })
    expect((await test.app.inject(`/api/v1/repositories/${id}/stats/contributors?limit=500`)).statusCode).toBe(400)
  })

  it("show files, with null where something is not known", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository({ published: true })
    const { files, total } = (await test.app.inject(`/api/v1/repositories/${id}/stats/files`)).json()
    expect(total).toBe(2)
    expect(files[0]).toMatchObject({ path: "src/index.ts", language: "TypeScript", lines: 40, repository_id: id })
    expect(files[1]).toMatchObject({ path: "logo.png", language: null, lines: null, last_modified_at: null })
  })

  it("show the bus factor, and take the default for parameters that do not fit", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository({ published: true })
    const ask = async (query: string) =>
      (await test.app.inject(`/api/v1/repositories/${id}/stats/bus-factor${query}`)).json()
    expect(await ask("")).toEqual({
      bus_factor: 1,
      threshold: 0.5,
      total_files: 3,
      top_contributors: [
        { name: "Ada", email: "ada@example.org", files_owned: 2, share: expect.closeTo(0.667, 2), percentage: 66.67 },
      ],
      risk_level: "high",
    })
    expect(await ask("?threshold=0.8")).toMatchObject({ threshold: 0.8 })
    for (const threshold of ["0", "2", "-1", "x", "NaN", "1e3", ""]) {
      expect(await ask(`?threshold=${threshold}&days=x&exclude=x`)).toMatchObject({ threshold: 0.5 })
    }
    expect(await ask("?days=1")).toMatchObject({ bus_factor: 0, risk_level: "unknown", top_contributors: [] })
  })

  it("show churn as a bare array, an empty one included", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository({ published: true })
    const answer = await test.app.inject(`/api/v1/repositories/${id}/stats/churn`)
    expect(answer.json()).toEqual([
      {
        file_path: "src/index.ts",
        commit_count: 7,
        lines_changed: 70,
        churn_score: 91.5,
        category: "hotspot",
        last_modified: "2026-11-01T12:00:00.000Z",
      },
    ])
    expect(answer.headers["x-total-count"]).toBe("1")
    expect((await test.app.inject(`/api/v1/repositories/${id}/stats/churn?days=1`)).body).toBe("[]")
    expect((await test.app.inject(`/api/v1/repositories/${id}/stats/churn?days=99999999`)).statusCode).toBe(400)
  })

  it("show commits per day, 90 days unless asked otherwise", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository({ published: true })
    const ask = async (query: string) =>
      (await test.app.inject(`/api/v1/repositories/${id}/stats/commit-activity${query}`)).json().activity
    expect(await ask("")).toHaveLength(90)
    expect(await ask("?days=2")).toEqual([
      { date: "2026-11-21", count: 0, level: 0 },
      { date: "2026-11-22", count: 1, level: 1 },
    ])
  })
})
