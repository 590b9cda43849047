import { randomBytes, randomUUID } from "node:crypto"
import type { AssayError, Hint } from "@assay/core"
import {
  createMemoryJobStore,
  createMemoryNotifier,
  createRuntime,
  createSealer,
  defineJob,
  newJobId,
} from "@assay/core"
import { Queue as BullQueue } from "bullmq"
import { Redis } from "ioredis"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { createRedisNotifier, createRedisQueue, openRedis } from "../src/index.js"
import type { RedisConnection } from "../src/index.js"
import { allKeys } from "./helpers/all-keys.js"
import { anything } from "./helpers/anything.js"
import { eventually } from "./helpers/eventually.js"
import { recordingLogger } from "./helpers/recording-logger.js"
import { sharedRedisUrl } from "./helpers/redis-server.js"

let connection: RedisConnection
let client: Redis
const prefixes: string[] = []

/** A bell of a test's own. */
function newBell(): { name: string; prefix: string; connection: RedisConnection } {
  const prefix = `test-${randomUUID()}`
  prefixes.push(prefix)
  return { name: "rings", prefix, connection }
}

const keysOf = ({ prefix }: { prefix: string }): Promise<Map<string, string>> => allKeys(client, `{${prefix}}`)
const hints = (count: number, priority = 0): Hint[] =>
  Array.from({ length: count }, () => ({ jobId: newJobId(), priority }))

beforeAll(async () => {
  connection = openRedis({ url: sharedRedisUrl() })
  client = new Redis(sharedRedisUrl())
  await connection.ready()
})
afterAll(async () => {
  for (const prefix of prefixes) for (const key of (await keysOf({ prefix })).keys()) await client.del(key)
  client.disconnect()
  await connection.close()
})

describe("rings in Redis", () => {
  it("are one for each job, however often it is rung for before somebody hears it", async () => {
    const bell = newBell()
    const queue = createRedisQueue(bell)
    const [waiting, urgent, patient] = [hints(1000), hints(10, 5), hints(10, -5)]
    const all = [...waiting, ...urgent, ...patient]
    for (let times = 0; times < 3; times++) await queue.publish(all)
    expect(await queue.depth()).toBe(all.length)
    const before = (await keysOf(bell)).size
    await queue.publish(all)
    expect((await keysOf(bell)).size).toBe(before)
    const heard: Hint[] = []
    await queue.consume(async (hint) => void heard.push(hint), { concurrency: 20 })
    await eventually(async () => heard.length >= all.length && (await queue.depth()) === 0)
    expect(new Set(heard)).toEqual(new Set(all))
    expect(heard).toHaveLength(all.length)
    await queue.close()
  })

  it("are heard by an idle consumer while another still handles one for the same job", async () => {
    const queue = createRedisQueue(newBell())
    let letGo = (): void => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const [hint] = hints(1)
    let busy = 0
    await queue.consume(() => (busy++, held), { concurrency: 1 })
    await queue.publish(hints(0).concat(hint ?? []))
    await eventually(() => busy === 1)
    const heard: Hint[] = []
    await queue.consume(async (ring) => void heard.push(ring), { concurrency: 1 })
    await queue.publish(hint ? [hint] : [])
    await eventually(() => heard.length === 1)
    letGo()
    await queue.close()
  })

  it("leave nothing behind when they are heard, not even while their handlers run", async () => {
    const bell = newBell()
    const queue = createRedisQueue(bell)
    const handling: Hint[] = []
    let letGo = (): void => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    await queue.consume((hint) => (handling.push(hint), held), { concurrency: 5 })
    await queue.publish(hints(5))
    await eventually(() => handling.length === 5)
    const keys = await keysOf(bell)
    for (const [key, content] of keys) {
      // BullMQ's own log of what happened, cut to a hundred lines, names jobs for a while.
      if (key.endsWith(":events")) continue
      for (const { jobId } of handling) expect(key + content).not.toContain(jobId)
    }
    letGo()
    await queue.close()
  })

  it("go by priority: urgent ones first, patient ones last", async () => {
    const queue = createRedisQueue(newBell())
    const [plain, patient, morePatient, urgent] = [hints(2), hints(1, -1), hints(1, -70), hints(1, 9)]
    for (const rings of [morePatient, patient, plain, urgent]) await queue.publish(rings)
    const heard: Hint[] = []
    await queue.consume(async (hint) => void heard.push(hint), { concurrency: 1 })
    await eventually(() => heard.length === 5)
    expect(heard).toEqual([...urgent, ...plain, ...patient, ...morePatient])
    await queue.close()
  })

  it("hold nothing of what users gave, in any key, before and after they are heard", async () => {
    const bell = newBell()
    const [queue, notifier] = [createRedisQueue(bell), createRedisNotifier(bell)]
    const canary = `canary-${randomUUID()}`
    const definition = defineJob({ type: "test.canary", input: anything, attempts: 1 })
    const store = createMemoryJobStore()
    const runtime = createRuntime({ store, queue, notifier, sealer: createSealer(randomBytes(32)) })
    const { client: asking } = runtime
    const published: string[] = []
    const spy = new Redis(sharedRedisUrl())
    spy.on("pmessage", (_pattern: string, _channel: string, payload: string) => published.push(payload))
    await spy.psubscribe(`${bell.prefix}*`)
    runtime.worker.handle(definition, async (context): Promise<undefined> => {
      await context.stage(canary)
      throw new Error(canary)
    })
    for (let count = 0; count < 3; count++) await asking.enqueue(definition, { canary }, { secrets: { token: canary } })
    await eventually(async () => (await queue.depth()) === 3)
    expect([...(await keysOf(bell))].flat().join("\n")).not.toContain(canary)
    await runtime.start()
    await eventually(async () => (await asking.list({ states: ["failed"] })).jobs.length === 3)
    expect([...(await keysOf(bell))].flat().join("\n")).not.toContain(canary)
    expect(published.length).toBeGreaterThan(0)
    expect(published.join("\n")).not.toContain(canary)
    await runtime.stop()
    await queue.close()
    await notifier.close()
    spy.disconnect()
  })

  it("are shown by what reads BullMQ's queues, under the name and the prefix in braces", async () => {
    const bell = newBell()
    const queue = createRedisQueue(bell)
    const [plain, patient] = [hints(2), hints(1, -3)]
    await queue.publish([...plain, ...patient])
    const shown = new BullQueue(bell.name, { connection: client, prefix: `{${bell.prefix}}` })
    expect(await shown.getJobCounts()).toMatchObject({ waiting: 2, prioritized: 1, active: 0, failed: 0 })
    const entries = await shown.getJobs(["wait", "prioritized"])
    const described = entries.map(({ id, name, data }) => ({ id, name, data }))
    for (const { jobId, priority } of [...plain, ...patient]) {
      expect(described).toContainEqual({ id: jobId, name: "ring", data: { priority } })
    }
    await shown.close()
    await queue.close()
  })

  it("of others under our name are dropped with one warning, and those of ours are heard", async () => {
    const bell = newBell()
    const logger = recordingLogger()
    const queue = createRedisQueue({ ...bell, logger })
    const others = new BullQueue(bell.name, { connection: client, prefix: `{${bell.prefix}}` })
    await others.add("analyze", { github_token: "hunter2" })
    await others.add("ring", { priority: 0 }, { jobId: "no-job-of-ours" })
    await others.add("ring", { repository: 1 }, { jobId: newJobId() })
    const torn = await others.add("ring", { priority: 0 }, { jobId: newJobId() })
    await client.hset(`{${bell.prefix}}:${bell.name}:${torn.id}`, "data", "{torn")
    await client.lpush(`{${bell.prefix}}:${bell.name}:wait`, newJobId())
    const heard: Hint[] = []
    await queue.consume(async (hint) => void heard.push(hint), { concurrency: 1 })
    const rings = hints(2)
    await queue.publish(rings)
    await eventually(async () => heard.length === 2 && (await queue.depth()) === 0)
    expect(heard).toEqual(rings)
    expect(logger.lines.filter(({ level }) => level === "warn")).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/no ring of Assay/) }),
    ])
    expect(logger.lines.filter(({ level }) => level === "error")).toEqual([])
    expect(JSON.stringify(logger.lines)).not.toContain("hunter2")
    await others.close()
    await queue.close()
  })

  it("of other services, whose keys have the same name, are let alone", async () => {
    const bell = newBell()
    const lists = [bell.name, `${bell.prefix}:${bell.name}`, `bull:${bell.prefix}:wait`]
    for (const key of lists) await client.rpush(key + bell.prefix, JSON.stringify({ type: "index", repository_id: 1 }))
    const queue = createRedisQueue(bell)
    const heard: Hint[] = []
    await queue.consume(async (hint) => void heard.push(hint), { concurrency: 1 })
    const rings = hints(1)
    await queue.publish(rings)
    await eventually(() => heard.length === 1)
    for (const key of lists) {
      expect(await client.llen(key + bell.prefix)).toBe(1)
      await client.del(key + bell.prefix)
    }
    await queue.close()
  })

  it("of another name or prefix are another bell's", async () => {
    const bell = newBell()
    const queue = createRedisQueue(bell)
    const heard: Hint[] = []
    await queue.consume(async (hint) => void heard.push(hint), { concurrency: 1 })
    const elsewhere = [createRedisQueue({ ...bell, name: "other" }), createRedisQueue(newBell())]
    for (const other of elsewhere) await other.publish(hints(3))
    const rings = hints(1)
    await queue.publish(rings)
    await eventually(() => heard.length === 1)
    expect(heard).toEqual(rings)
    for (const other of elsewhere) {
      expect(await other.depth()).toBe(3)
      await other.bind("another store")
      await other.close()
    }
    await queue.bind("a store")
    await queue.close()
  })

  it("are not shared by two stores", async () => {
    const bell = newBell()
    const job = defineJob({ type: "test.nothing", input: anything })
    const queues = [createRedisQueue(bell), createRedisQueue(bell)]
    const runtimes = queues.map((queue) => {
      const runtime = createRuntime({ store: createMemoryJobStore(), queue, notifier: createMemoryNotifier() })
      runtime.worker.handle(job, async () => {})
      return runtime
    })
    await runtimes[0]?.start()
    const error = await runtimes[1]?.start().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: "QUEUE_MISMATCH", retryable: false })
    expect((error as AssayError).hint).toMatch(/name or prefix of its own/)
    for (const runtime of runtimes) await runtime.stop()
    for (const queue of queues) await queue.close()
  })

  it("go on from process to process through a crash of whoever took them", async () => {
    const bell = newBell()
    const queue = createRedisQueue(bell)
    const [hint] = hints(1)
    await queue.publish(hint ? [hint] : [])
    // What a process leaves that dies between fetching and hearing: an entry without a lock, seen once by the check for stalls.
    const keys = `{${bell.prefix}}:${bell.name}`
    await client.lmove(`${keys}:wait`, `${keys}:active`, "RIGHT", "LEFT")
    await client.sadd(`${keys}:stalled`, hint?.jobId ?? "")
    const heard: Hint[] = []
    await queue.consume(async (ring) => void heard.push(ring), { concurrency: 1 })
    await eventually(() => heard.length === 1)
    expect(heard).toEqual([hint])
    await queue.close()
  })

  it.each([{ name: "a:b" }, { name: "" }, { name: "a{b" }, { name: "ok", prefix: "a}b" }, { name: "ok", prefix: "" }])(
    "refuse %j",
    (options) => {
      expect(() => createRedisQueue({ connection, ...options })).toThrow(TypeError)
    },
  )

  it("refuse a consumer that may hear none", async () => {
    const queue = createRedisQueue(newBell())
    await expect(queue.consume(async () => {}, { concurrency: 0 })).rejects.toThrow(RangeError)
    await queue.close()
  })
})
