import { expect, test } from "vitest"
import { buildApp } from "./helpers/build-app.js"
import type { TestApp } from "./helpers/build-app.js"
import { aGate } from "./helpers/gate.js"
import { ForeignError } from "./helpers/parse-repository-url.js"

/** Every series and its value, as Prometheus would read them. */
async function scrape({ app }: TestApp): Promise<Map<string, number>> {
  const answer = await app.inject("/metrics")
  expect(answer.statusCode).toBe(200)
  expect(answer.headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4; charset=utf-8$/)
  const lines = answer.body.split("\n").filter((line) => line !== "" && !line.startsWith("#"))
  return new Map(
    lines.map((line) => {
      const [, series = "", value = ""] = /^(.+) (\S+)$/.exec(line) ?? []
      return [series, Number(value)]
    }),
  )
}

function queued(name: string, state: string): string {
  return `queue_jobs_total{queue="${name}",state="${state}"}`
}

test("counts requests by the route's pattern, and what nobody knows together", async () => {
  await using test = await buildApp()
  for (const id of [1, 2]) await test.app.inject(`/api/v1/repositories/${id}`)
  for (const path of ["/a", "/b", "/c"]) await test.app.inject(path)
  await test.app.inject({ method: "POST", url: "/analyze", payload: { repo: "org/name" } })
  const metrics = await scrape(test)
  expect(metrics.get('http_requests_total{method="GET",route="/api/v1/repositories/:id",status="404"}')).toBe(2)
  expect(metrics.get('http_requests_total{method="GET",route="unknown",status="404"}')).toBe(3)
  expect(metrics.get('http_requests_total{method="POST",route="/analyze",status="200"}')).toBe(1)
  expect(metrics.get('assay_http_request_duration_seconds_count{method="POST",route="/analyze"}')).toBe(1)
  expect([...metrics.keys()].join("\n")).not.toMatch(/repositories\/1|route="\/a"/)
})

test("shows the queues as they are, however often it is read, and how long jobs took, each once", async () => {
  await using test = await buildApp()
  const gate = aGate()
  for (const name of ["one", "two", "fails"]) {
    await test.app.inject({ method: "POST", url: "/analyze", payload: { repo: `org/${name}` } })
  }
  const { id } = await test.aRepository()
  await test.runtime.client.pause("default")
  await test.app.inject({ method: "POST", url: `/api/v1/repositories/${id}/index` })
  await test.answer(async ({ input }) => {
    if (input.repo === "org/fails") throw new ForeignError("POTPIE_AUTH", "No.")
    if (input.repo === "org/two") await gate.opened
  })
  await expect.poll(async () => (await scrape(test)).get(queued("analysis", "succeeded"))).toBe(1)
  await expect.poll(async () => (await scrape(test)).get(queued("analysis", "failed"))).toBe(1)
  for (let again = 0; again < 3; again++) {
    const metrics = await scrape(test)
    expect(metrics.get(queued("analysis", "running"))).toBe(1)
    expect(metrics.get(queued("analysis", "queued"))).toBe(0)
    expect(metrics.get(queued("default", "queued"))).toBe(1)
    expect(metrics.get('assay_queue_paused{queue="default"}')).toBe(1)
    expect(metrics.get('assay_queue_paused{queue="analysis"}')).toBe(0)
    expect(metrics.get('assay_workers{queue="analysis"}')).toBe(1)
    expect(metrics.get('assay_queue_concurrency{queue="analysis"}')).toBeGreaterThan(0)
    expect(metrics.get("assay_jobs_busy")).toBe(1)
    expect(metrics.get('assay_analyses{state="active"}')).toBe(1)
    expect(metrics.get('assay_analyses{state="completed"}')).toBe(1)
    const took = (outcome: string): string =>
      `queue_job_duration_seconds_count{queue="analysis",type="repository.analyze",outcome="${outcome}"}`
    expect(metrics.get(took("succeeded"))).toBe(1)
    expect(metrics.get(took("failed"))).toBe(1)
  }
  gate.open()
  await expect.poll(async () => (await scrape(test)).get(queued("analysis", "succeeded"))).toBe(2)
})

test("counts attempts that another one follows", async () => {
  await using test = await buildApp()
  let attempts = 0
  await test.answer(async () => {
    if (++attempts < 3) throw new Error("not yet")
  })
  await test.app.inject({ method: "POST", url: "/analyze", payload: { repo: "org/name" } })
  await expect.poll(async () => (await scrape(test)).get("assay_job_retries_total")).toBe(2)
})

test("says how many live connections there are, what the process is, and nothing of another app", async () => {
  let connections = 3
  await using test = await buildApp({ websocketConnections: () => connections, version: "1.2.3" })
  await using other = await buildApp()
  expect((await scrape(test)).get("websocket_connections_active")).toBe(3)
  connections = 5
  const metrics = await scrape(test)
  expect(metrics.get("websocket_connections_active")).toBe(5)
  expect(metrics.get(`assay_build_info{version="1.2.3",node="${process.version}"}`)).toBe(1)
  expect(metrics.get("process_resident_memory_bytes")).toBeGreaterThan(10_000_000)
  expect(metrics.get("process_start_time_seconds")).toBeGreaterThan(1_700_000_000)
  for (const name of ["nodejs_heap_size_used_bytes", "nodejs_heap_size_total_bytes", "nodejs_external_memory_bytes"]) {
    expect(metrics.get(name)).toBeGreaterThan(1000)
  }
  expect(metrics.get("nodejs_eventloop_utilization")).toBeGreaterThanOrEqual(0)
  const before = metrics.get("process_cpu_seconds_total") ?? 0
  const until = performance.now() + 30
  while (performance.now() < until);
  expect((await scrape(test)).get("process_cpu_seconds_total")).toBeGreaterThan(before)
  for (const mode of ["user", "system"]) expect(metrics.get(`process_cpu_${mode}_seconds_total`)).toBeGreaterThan(0)
  const foreign = await scrape(other)
  expect(foreign.get("websocket_connections_active")).toBe(0)
  expect(foreign.get('http_requests_total{method="GET",route="/metrics",status="200"}')).toBeUndefined()
})

test("answers while the store is down, without numbers that are not known", async () => {
  await using test = await buildApp()
  await test.app.inject({ method: "POST", url: "/analyze", payload: { repo: "org/name" } })
  expect((await scrape(test)).get("assay_store_up")).toBe(1)
  const { statistics } = test.analyses
  test.analyses.statistics = () => Promise.reject(new ForeignError("UNAVAILABLE", "down"))
  const metrics = await scrape(test)
  expect(metrics.get("assay_store_up")).toBe(0)
  expect([...metrics.keys()].filter((name) => name.startsWith("queue_jobs_total"))).toEqual([])
  expect(metrics.get("process_resident_memory_bytes")).toBeGreaterThan(0)
  test.analyses.statistics = statistics
  expect((await scrape(test)).get("assay_store_up")).toBe(1)
})

test("needs a key where there are keys", async () => {
  await using test = await buildApp({ apiKeys: ["key"] })
  expect((await test.app.inject("/metrics")).statusCode).toBe(401)
  expect((await test.app.inject({ url: "/metrics", headers: { authorization: "Bearer key" } })).statusCode).toBe(200)
})
