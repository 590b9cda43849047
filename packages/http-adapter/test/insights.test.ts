import { describe, expect, it } from "vitest"
import type { Charts } from "../src/index.js"
import { buildApp, services } from "./helpers/build-app.js"
import type { TestApp } from "./helpers/build-app.js"
import { createFixedInsights } from "./helpers/fixed-insights.js"
import type { FixedInsights } from "./helpers/fixed-insights.js"

const charts: Charts = {
  sources: {
    hotspots: [
      { key: "often", insight: "hotspots", parameters: { minRevs: "2" } },
      { key: "summary", insight: "summary", parameters: {} },
    ],
  },
  render: (name, insights, { theme, width, repository }) =>
    `<svg>${name} of ${repository} ${theme} ${width} ${Object.keys(insights).join("+")}</svg>`,
}

async function open(): Promise<{ test: TestApp; insights: FixedInsights; path: string }> {
  const parts = services()
  const insights = createFixedInsights(parts.repositories)
  const test = await buildApp({ ...parts.options, insights, charts })
  const repository = await parts.repositories.create({
    ...{ tenant: "default", url: "https://github.com/owner/repo", key: "github.com/owner/repo", name: "owner/repo" },
    trusted: false,
  })
  const { aSnapshot } = await import("./helpers/build-app.js")
  await parts.store.transaction((transaction) => parts.repositories.publish(repository.id, aSnapshot(), transaction))
  return { test, insights, path: `/api/v1/repositories/${repository.id}` }
}

describe("GET /api/v1/repositories/{id}/insights/{name}", () => {
  it("shows the whole insight, in snake_case", async () => {
    const { test, path } = await open()
    await using _test = test
    const answer = await test.app.inject(`${path}/insights/hotspots?limit=1`)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers["x-total-count"]).toBe("3")
    expect(answer.json()).toEqual({
      name: "hotspots",
      repository_id: 1,
      definition: "Files that change often and are large.",
      parameters: { since: null, min_revs: 1 },
      exclusions: [{ what: "bots", count: 2, unit: "people", reason: "they are programs" }],
      snapshot: {
        ...{ number: 1, commit: "4b825dc642cb6eb9a060e54bf8d69288fbee4904", branch: "main" },
        ...{ committed_at: "2026-11-20T10:00:00.000Z", published_at: "2026-11-22T06:00:00.000Z" },
        ...{ stale: false, complete: true },
      },
      values: { most_revs: 7 },
      columns: ["path", "revs", "last_changed_at"],
      data: [{ path: "=cmd()", revs: 7, last_changed_at: "2026-11-01T00:00:00.000Z" }],
      total: 3,
      next_cursor: "1",
      has_more: true,
    })
  })

  it("goes on where the page before ended, and hands on its parameters", async () => {
    const { test, insights, path } = await open()
    await using _test = test
    const answer = await test.app.inject(
      `${path}/insights/hotspots?limit=2&cursor=2&min_revs=3&since=90d&since=x&snapshot=1`,
    )
    expect(answer.json()).toMatchObject({ data: [{ revs: -2 }], next_cursor: null, has_more: false })
    expect(insights.asked).toEqual([
      { name: "hotspots", limit: 2, cursor: "2", snapshot: 1, parameters: { minRevs: "3", since: "90d,x" } },
    ])
  })

  it("names a parameter that it does not take, or cannot read, as the request does", async () => {
    const { test, path } = await open()
    await using _test = test
    const misread = await test.app.inject(`${path}/insights/hotspots?min_revs=many`)
    expect(misread.statusCode).toBe(400)
    expect(misread.json()).toMatchObject({ code: "VALIDATION_ERROR", details: [{ field: "min_revs" }] })
    expect((await test.app.inject(`${path}/insights/hotspots?minRevs=1`)).statusCode).toBe(400)
    expect((await test.app.inject(`${path}/insights/summary?min_revs=1`)).statusCode).toBe(400)
    expect((await test.app.inject(`${path}/insights/hotspots?limit=0`)).statusCode).toBe(400)
    expect((await test.app.inject(`${path}/insights/nothing`)).statusCode).toBe(404)
  })

  it("answers as CSV, whole, with nothing that a spreadsheet would run", async () => {
    const { test, path } = await open()
    await using _test = test
    const answer = await test.app.inject(`${path}/insights/hotspots.csv`)
    expect(answer.headers["content-type"]).toBe("text/csv; charset=utf-8")
    expect(answer.body).toBe(
      'path,revs,last_changed_at\r\n\'=cmd(),7,2026-11-01T00:00:00.000Z\r\n"a ""quoted"", path",5,\r\n"\'-1\nline",-2,\r\n',
    )
    for (const how of [{ headers: { accept: "text/csv" } }, { query: { format: "csv" } }]) {
      expect((await test.app.inject({ url: `${path}/insights/hotspots`, ...how })).body).toBe(answer.body)
    }
  })

  it("answers as a line of JSON per row, and says where the next page is", async () => {
    const { test, path } = await open()
    await using _test = test
    const answer = await test.app.inject(`${path}/insights/hotspots.ndjson?limit=1`)
    expect(answer.headers["content-type"]).toBe("application/x-ndjson; charset=utf-8")
    expect(
      answer.body
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([{ path: "=cmd()", revs: 7, last_changed_at: "2026-11-01T00:00:00.000Z" }])
    const next = /^<(.*)>; rel="next"$/.exec(String(answer.headers["link"]))?.[1] ?? ""
    expect((await test.app.inject(next)).body).toContain("quoted")
  })

  it("is not sent again to who has it, until something changes", async () => {
    const { test, insights, path } = await open()
    await using _test = test
    const url = `${path}/insights/hotspots`
    const { etag } = (await test.app.inject(url)).headers
    const again = await test.app.inject({ url, headers: { "if-none-match": `"other", W/${etag}` } })
    expect([again.statusCode, again.body, again.headers["etag"]]).toEqual([304, "", etag])
    const ask = async (address: string): Promise<number> =>
      (await test.app.inject({ url: address, headers: { "if-none-match": String(etag) } })).statusCode
    expect(await ask(`${url}?min_revs=2`)).toBe(200)
    expect(await ask(`${url}.csv`)).toBe(200)
    insights.stale = true
    expect(await ask(url)).toBe(200)
  })

  it("is described with its parameters, values and rows", async () => {
    const { test } = await open()
    await using _test = test
    const { paths } = (await test.app.inject("/openapi.json")).json()
    const described = paths["/api/v1/repositories/{id}/insights/hotspots"].get
    expect(described.parameters.map(({ name }: { name: string }) => name)).toEqual([
      "id",
      "since",
      "min_revs",
      "snapshot",
      "limit",
      "cursor",
      "format",
    ])
    expect(described.description).toContain("`last_changed_at`: when it was changed last")
    expect(paths["/api/v1/repositories/{id}/insights/hotspots.csv"]).toBeUndefined()
  })

  it("answers 409 before the first snapshot, and 404 for what is not there", async () => {
    const { test, path } = await open()
    await using _test = test
    const fresh = await test.app.inject({
      method: "POST",
      url: "/api/v1/repositories",
      payload: { url: "https://github.com/owner/fresh" },
    })
    const { id } = fresh.json()
    expect((await test.app.inject(`/api/v1/repositories/${id}/insights/hotspots`)).statusCode).toBe(409)
    expect((await test.app.inject("/api/v1/repositories/4711/insights/hotspots")).statusCode).toBe(404)
    expect((await test.app.inject(`${path}/insights/hotspots?snapshot=x`)).statusCode).toBe(400)
  })
})

describe("snapshots", () => {
  it("are listed and compared", async () => {
    const { test, path } = await open()
    await using _test = test
    expect((await test.app.inject(`${path}/snapshots`)).json()).toMatchObject({ data: [{ number: 1, branch: "main" }] })
    expect((await test.app.inject(`${path}/compare?base=1&head=2`)).json()).toMatchObject({
      base: { number: 1 },
      head: { number: 2 },
      values: { bus_factor: { base: 2, head: 3, difference: 1 } },
      hotspots: [{ path: "src/a.ts", base: 10, head: 90.5 }],
    })
    expect((await test.app.inject(`${path}/compare?base=1`)).statusCode).toBe(400)
  })
})

describe("GET /api/v1/repositories/{id}/charts/{name}.svg", () => {
  it("draws all rows of its insights, for pages of others", async () => {
    const { test, insights, path } = await open()
    await using _test = test
    const answer = await test.app.inject(`${path}/charts/hotspots.svg?theme=dark&width=640`)
    expect(answer.body).toBe("<svg>hotspots of owner/repo dark 640 often+summary</svg>")
    expect(answer.headers).toMatchObject({
      "content-type": "image/svg+xml; charset=utf-8",
      "cross-origin-resource-policy": "cross-origin",
      "content-security-policy": expect.stringContaining("sandbox"),
    })
    expect(insights.asked).toEqual([
      { name: "hotspots", limit: "all", parameters: { minRevs: "2" } },
      { name: "summary", limit: "all", parameters: {} },
    ])
    const known = { "if-none-match": String(answer.headers["etag"]) }
    const again = await test.app.inject({ url: `${path}/charts/hotspots.svg?theme=dark&width=640`, headers: known })
    expect(again.statusCode).toBe(304)
    expect((await test.app.inject(`${path}/charts/hotspots.svg?theme=pink`)).statusCode).toBe(400)
    expect((await test.app.inject(`${path}/charts/other.svg`)).statusCode).toBe(404)
  })
})
