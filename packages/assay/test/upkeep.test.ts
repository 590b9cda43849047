import { join } from "node:path"
import { defineJob } from "@assay/core"
import { updateRepository } from "@assay/git"
import { expect, it, onTestFinished } from "vitest"
import { z } from "zod"
import { assayOptions, createAssay, readSettings } from "../src/index.js"
import type { Assay, AssayOptions } from "../src/index.js"
import { smallRepository } from "./helpers/repository.js"
import { temporaryFolder } from "./helpers/temporary-folder.js"

async function open(options: AssayOptions = {}): Promise<Assay> {
  const assay = await createAssay({ databaseUrl: "memory:", dataFolder: join(temporaryFolder(), "data"), ...options })
  onTestFinished(() => assay.close({ graceMs: 0 }))
  return assay
}

const fails = defineJob({ type: "host.fails", input: z.object({}), onConflict: "allow" })

it("updates a repository by a schedule, which goes with the repository", async () => {
  const assay = await open()
  const source = smallRepository(join(temporaryFolder(), "lamp"))
  const { repository } = await (await assay.analyze(source.folder, { trusted: true })).result()
  source.commit({ "new.txt": "new\n" })
  const { schedules } = assay.client
  await schedules.put(updateRepository, { repositoryId: repository.id }, { id: "often", every: "1s" })
  await expect.poll(async () => (await assay.results(repository)).snapshot.totals.commits, { timeout: 20_000 }).toBe(6)
  expect(await schedules.list({ repositoryId: repository.id })).toMatchObject([{ id: "often" }])
  await (await assay.remove(repository)).result()
  expect(await schedules.list()).toEqual([])
})

it("knows its own worker", async () => {
  const assay = await open({ concurrency: 2 })
  expect(await assay.workers.live()).toEqual([])
  await assay.start()
  await expect
    .poll(() => assay.workers.live())
    .toMatchObject([{ pid: process.pid, queues: [{ name: "default", concurrency: 2 }] }])
  expect(await assay.services.paused?.()).toEqual([])
})

it("keeps as many finished jobs as it is told to, and tries as often", async () => {
  const assay = await open({ retention: { keepJobs: 1 }, attempts: 2, backoff: { baseMs: 1 } })
  assay.handle(fails, () => Promise.reject(new Error("no")))
  await assay.start()
  for (let count = 0; count < 3; count++) {
    const job = await assay.client.enqueue(fails, {})
    await job.result().catch(() => {})
    expect(await job.get()).toMatchObject({ attempts: 2, maxAttempts: 2 })
  }
  await expect.poll(async () => (await assay.client.counts()).failed, { timeout: 20_000 }).toBe(1)
})

it("takes retention and retries from the settings", () => {
  const of = (environment: Record<string, string>): AssayOptions =>
    assayOptions(readSettings({ environment, folder: "/nowhere" }).settings)
  expect(of({})).toMatchObject({
    retention: { keepJobs: 10_000, keepMs: 30 * 24 * 3_600_000 },
    attempts: 3,
    backoff: { baseMs: 1000, maxMs: 300_000 },
  })
  expect(
    of({ ASSAY_KEEP_JOBS: "0", ASSAY_KEEP_DAYS: "0", MAX_RETRIES: "1", ASSAY_BACKOFF: "0", ASSAY_BACKOFF_MAX: "10s" }),
  ).toMatchObject({
    retention: { keepJobs: 0, keepMs: 0 },
    attempts: 1,
    backoff: { baseMs: 0, maxMs: 10_000 },
  })
  const unlimited = of({ ASSAY_KEEP_JOBS: "all", ASSAY_KEEP_DAYS: "All" }).retention
  expect(unlimited).toEqual({ keepJobs: undefined, keepMs: undefined })
  for (const wrong of [{ MAX_RETRIES: "0" }, { ASSAY_KEEP_JOBS: "-1" }, { ASSAY_KEEP_DAYS: "a month" }]) {
    expect(() => of(wrong)).toThrow(/must be/)
  }
})
