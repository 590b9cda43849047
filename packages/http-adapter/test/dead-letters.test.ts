import { describe, expect, it } from "vitest"
import { changes, newJobId } from "@assay/core"
import type { Job } from "@assay/core"
import { buildApp, definitions } from "./helpers/build-app.js"
import type { TestApp } from "./helpers/build-app.js"

const url = "/api/v1/dead-letters"

/** Jobs that failed, oldest first. */
async function failedJobs(test: TestApp, codes: readonly string[]): Promise<Job[]> {
  const jobs: Job[] = []
  for (const [index, code] of codes.entries()) {
    const repository = await test.aRepository({ url: `owner/failed-${index}-${newJobId()}` })
    const { id } = await test.runtime.client.enqueue(definitions.index, { repositoryId: repository.id })
    const request = { worker: "worker-1", queue: "default", types: ["repository.index"], limit: 1, leaseMs: 60_000 }
    await test.store.claim(request)
    const failure = { code, message: `It failed with ${code}.`, retryable: false }
    const [job] = await test.store.apply([changes.failed({ jobId: id, fence: 1 }, failure)])
    if (job) jobs.push(job)
  }
  return jobs
}

const idsOf = (body: { data: { id: string }[] }): string[] => body.data.map(({ id }) => id)

describe(`GET ${url}`, () => {
  it("shows failed jobs, newest first, each with its attempts", async () => {
    await using test = await buildApp()
    const [older, newer] = await failedJobs(test, ["GIT_AUTH", "GIT_NETWORK"])
    await test.runtime.client.enqueue(definitions.update, { repositoryId: older?.repositoryId ?? 0 })
    const body = (await test.app.inject(url)).json()
    expect(idsOf(body)).toEqual([newer?.id, older?.id])
    expect(body.data[0].attempt_history).toMatchObject([
      { fence: 1, worker: "worker-1", outcome: "failed", failure: { code: "GIT_NETWORK" } },
    ])
    expect(body.data[0].attempt_history[0].ended_at).toMatch(/Z$/)
    expect(body).toMatchObject({ next_cursor: null, has_more: false })
  })

  it("pages and filters", async () => {
    await using test = await buildApp()
    const [first, second, third] = await failedJobs(test, ["A_CODE", "A_CODE", "A_CODE"])
    const page = (await test.app.inject(`${url}?limit=2`)).json()
    expect(idsOf(page)).toEqual([third?.id, second?.id])
    const rest = (await test.app.inject(`${url}?limit=2&cursor=${page.next_cursor}`)).json()
    expect(idsOf(rest)).toEqual([first?.id])
    const one = await test.app.inject(
      `${url}?repository_id=${second?.repositoryId}&type=repository.index&queue=default`,
    )
    expect(idsOf(one.json())).toEqual([second?.id])
    expect(idsOf((await test.app.inject(`${url}?type=repository.update`)).json())).toEqual([])
    expect(idsOf((await test.app.inject(`${url}?queue=elsewhere`)).json())).toEqual([])
  })
})

describe.each([
  { verb: "redrive", left: "queued" },
  { verb: "discard", left: undefined },
])(`POST ${url}/$verb`, ({ verb, left }) => {
  const stateOf = async (test: TestApp, job: Job | undefined): Promise<string | undefined> =>
    job && (await test.store.get(job.id))?.state

  it("does it to all, or to those that fit", async () => {
    await using test = await buildApp()
    const [network, auth] = await failedJobs(test, ["GIT_NETWORK", "GIT_AUTH"])
    const some = await test.app.inject({ method: "POST", url: `${url}/${verb}`, payload: { codes: ["GIT_NETWORK"] } })
    expect(some.statusCode).toBe(200)
    expect(some.json()).toEqual({ count: 1, job_ids: [network?.id] })
    expect([await stateOf(test, network), await stateOf(test, auth)]).toEqual([left, "failed"])
    const none = { repository_id: 4711, types: ["repository.index"], queue: "default" }
    expect((await test.app.inject({ method: "POST", url: `${url}/${verb}`, payload: none })).json().count).toBe(0)
    const all = await test.app.inject({ method: "POST", url: `${url}/${verb}`, payload: {} })
    expect(all.json()).toEqual({ count: 1, job_ids: [auth?.id] })
    expect(await stateOf(test, auth)).toBe(left)
  })

  it("does it to the jobs that are named, where it is possible", async () => {
    await using test = await buildApp()
    const [first, second] = await failedJobs(test, ["GIT_NETWORK", "GIT_NETWORK"])
    const waiting = await test.runtime.client.enqueue(definitions.update, { repositoryId: first?.repositoryId ?? 0 })
    const job_ids = [second?.id, waiting.id, newJobId(), second?.id]
    const answer = await test.app.inject({ method: "POST", url: `${url}/${verb}`, payload: { job_ids } })
    expect(answer.json()).toEqual({ count: 1, job_ids: [second?.id] })
    expect([await stateOf(test, first), await stateOf(test, second)]).toEqual(["failed", left])
  })

  it.each([
    undefined,
    { job_ids: [] },
    { job_ids: ["nonsense"] },
    { job_ids: [newJobId()], queue: "default" },
    { types: "repository.index" },
    { everything: true },
    { codes: ["no code"] },
  ])("refuses %o", async (payload) => {
    await using test = await buildApp()
    const [job] = await failedJobs(test, ["GIT_NETWORK"])
    const request = { method: "POST", url: `${url}/${verb}` } as const
    const answer = await test.app.inject(payload ? { ...request, payload } : request)
    expect(answer.statusCode).toBe(400)
    expect(await stateOf(test, job)).toBe("failed")
  })

  it("touches the jobs of no other tenant", async () => {
    await using test = await buildApp({ authorize: () => ({ allowed: true, tenant: "acme" }) })
    const [job] = await failedJobs(test, ["GIT_NETWORK"])
    for (const payload of [{}, { job_ids: [job?.id] }]) {
      expect((await test.app.inject({ method: "POST", url: `${url}/${verb}`, payload })).json().count).toBe(0)
    }
    expect(await stateOf(test, job)).toBe("failed")
  })
})

describe("DELETE /api/v1/jobs/{id}", () => {
  it("discards a failed job", async () => {
    await using test = await buildApp()
    const [job] = await failedJobs(test, ["GIT_NETWORK"])
    const request = { method: "DELETE", url: `/api/v1/jobs/${job?.id}` } as const
    const answer = await test.app.inject(request)
    expect([answer.statusCode, answer.body]).toEqual([204, ""])
    expect((await test.app.inject(request)).statusCode).toBe(404)
  })

  it("refuses one that waits, runs or succeeded", async () => {
    await using test = await buildApp()
    const { id: repositoryId } = await test.aRepository()
    const { id } = await test.runtime.client.enqueue(definitions.index, { repositoryId })
    const states: (string | undefined)[] = []
    for (const step of [
      async () => {},
      () => test.store.claim({ worker: "w", queue: "default", types: ["repository.index"], limit: 1, leaseMs: 60_000 }),
      () => test.store.apply([changes.completed({ jobId: id, fence: 1 }, undefined)]),
    ]) {
      await step()
      expect((await test.app.inject({ method: "DELETE", url: `/api/v1/jobs/${id}` })).statusCode).toBe(409)
      states.push((await test.store.get(id))?.state)
    }
    expect(states).toEqual(["queued", "running", "succeeded"])
  })
})
