import { describe, expect, it } from "vitest"
import { buildApp } from "./helpers/build-app.js"
import type { TestApp } from "./helpers/build-app.js"

const url = "/api/v1/schedules"

async function post(test: TestApp, payload: object) {
  return test.app.inject({ method: "POST", url, payload })
}

describe(`POST ${url}`, () => {
  it("adds a schedule that goes by an interval", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const asked = Date.now()
    const answer = await post(test, { id: "hourly", type: "repository.update", repository_id: id, every: "1h" })
    expect(answer.statusCode).toBe(201)
    expect(answer.headers["location"]).toBe(`${url}/hourly`)
    const schedule = answer.json()
    expect(schedule).toMatchObject({
      ...{ id: "hourly", type: "repository.update", repository_id: id, every: "1h", cron: null, timezone: null },
      ...{ priority: 0, last_at: null, last_job_id: null, links: { self: `${url}/hourly` } },
    })
    expect(Date.parse(schedule.next_at) - asked).toBeGreaterThanOrEqual(3_600_000)
    expect((await test.app.inject(`${url}/hourly`)).json()).toEqual(schedule)
  })

  it("adds a schedule that goes by a cron expression, under an id of its own making", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const recurrence = { cron: "30 3 * * *", timezone: "Europe/Berlin" }
    const answer = await post(test, { type: "repository.index", repository_id: id, priority: -1, ...recurrence })
    expect(answer.json()).toMatchObject({ ...recurrence, every: null, priority: -1 })
    expect(answer.json().id).toMatch(/^schedule_/)
    expect(answer.json().next_at).toMatch(/T0[12]:30:00\.000Z$/)
  })

  it("fires it", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const ran = new Promise<number>((resolve) => {
      void test.work(async ({ input }) => resolve(input.repositoryId))
    })
    await post(test, { id: "often", type: "repository.index", repository_id: id, every: "1s" })
    expect(await ran).toBe(id)
    await expect
      .poll(async () => (await test.app.inject(`${url}/often`)).json().links.last_job)
      .toMatch(/^\/api\/v1\/jobs\/job_/)
  })

  it.each([
    [{ every: "soon" }, "every"],
    [{ every: "10ms" }, "every"],
    [{ every: "1h", cron: "* * * * *" }, "cron"],
    [{}, "every"],
    [{ every: "1h", timezone: "UTC" }, "timezone"],
    [{ cron: "61 * * * *" }, "cron"],
    [{ cron: "* * * *" }, "cron"],
    [{ cron: "@daily" }, "cron"],
    [{ cron: "0 0 30 2 *" }, "cron"],
    [{ cron: "0 0 * * *", timezone: "Mars/Olympus" }, "timezone"],
    [{ every: "1h", id: "no spaces" }, "id"],
    [{ every: "1h", repository_id: 0 }, "repository_id"],
    [{ every: "1h", type: "repository.delete" }, "type"],
  ])("answers 400 to %o, and says that it is %s", async (facts, field) => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const answer = await post(test, { type: "repository.update", repository_id: id, ...facts })
    expect(answer.statusCode).toBe(400)
    expect(answer.json().details).toMatchObject([{ field }])
    expect((await test.app.inject(url)).json()).toEqual({ data: [] })
  })

  it("answers 404 for a repository that is not there, and 409 for an id that is taken", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const body = { id: "hourly", type: "repository.update", repository_id: id, every: "1h" }
    expect((await post(test, { ...body, repository_id: 4711 })).statusCode).toBe(404)
    await post(test, body)
    const again = await post(test, { ...body, every: "2h" })
    expect([again.statusCode, again.json().code]).toEqual([409, "SCHEDULE_EXISTS"])
    expect((await test.app.inject(`${url}/hourly`)).json().every).toBe("1h")
  })
})

describe(`${url}/{schedule_id}`, () => {
  it("lists schedules, all or those of a repository", async () => {
    await using test = await buildApp()
    const [one, two] = [await test.aRepository(), await test.aRepository({ url: "owner/two" })]
    await post(test, { id: "b", type: "repository.update", repository_id: one.id, every: "90s" })
    await post(test, { id: "a", type: "repository.update", repository_id: two.id, every: "36h" })
    const list = async (query = ""): Promise<unknown[]> =>
      (await test.app.inject(url + query))
        .json()
        .data.map((each: { id: string; every: string }) => [each.id, each.every])
    expect(await list()).toEqual([
      ["a", "36h"],
      ["b", "90s"],
    ])
    expect(await list(`?repository_id=${one.id}`)).toEqual([["b", "90s"]])
    expect((await test.app.inject(`${url}?repository_id=x`)).statusCode).toBe(400)
  })

  it("changes a schedule, and removes it", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    const body = { type: "repository.update", repository_id: id }
    await post(test, { id: "hourly", ...body, every: "1h" })
    const put = (name: string) =>
      test.app.inject({ method: "PUT", url: `${url}/${name}`, payload: { ...body, cron: "0 0 1 1 *" } })
    expect((await put("hourly")).json()).toMatchObject({
      id: "hourly",
      every: null,
      cron: "0 0 1 1 *",
      timezone: "UTC",
    })
    expect((await put("nightly")).statusCode).toBe(404)
    const remove = () => test.app.inject({ method: "DELETE", url: `${url}/hourly` })
    expect((await remove()).statusCode).toBe(204)
    expect((await remove()).json().code).toBe("SCHEDULE_NOT_FOUND")
    expect((await test.app.inject(`${url}/hourly`)).statusCode).toBe(404)
  })

  it("shows a tenant its own schedules only", async () => {
    let tenant = "acme"
    await using test = await buildApp({ authorize: () => ({ allowed: true, tenant }) })
    const { id } = await test.aRepository({ tenant })
    await post(test, { id: "hourly", type: "repository.update", repository_id: id, every: "1h" })
    tenant = "globex"
    expect((await test.app.inject(url)).json()).toEqual({ data: [] })
    for (const method of ["GET", "DELETE"] as const) {
      expect((await test.app.inject({ method, url: `${url}/hourly` })).statusCode).toBe(404)
    }
    tenant = "acme"
    expect((await test.app.inject(`${url}/hourly`)).statusCode).toBe(200)
  })

  it("goes with its repository", async () => {
    await using test = await buildApp()
    const { id } = await test.aRepository()
    await post(test, { type: "repository.update", repository_id: id, every: "1h" })
    await test.repositories.remove(id)
    expect((await test.app.inject(url)).json()).toEqual({ data: [] })
  })
})
