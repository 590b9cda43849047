import type { Hint, Notification, Queue } from "@assay/core"
import { createMemoryJobStore, createRuntime, defineJob, newJobId } from "@assay/core"
import { Worker } from "bullmq"
import { afterEach, expect, it, vi } from "vitest"
import { createRedisNotifier, createRedisQueue, openRedis } from "../src/index.js"
import { anything } from "./helpers/anything.js"
import { describeIfInstalled } from "./helpers/describe-if-installed.js"
import { eventually } from "./helpers/eventually.js"
import { recordingLogger } from "./helpers/recording-logger.js"
import { startCluster } from "./helpers/redis-cluster.js"
import { startRedis, withClient } from "./helpers/redis-server.js"
import { startProxy } from "./helpers/silent-proxy.js"

const unhandled = vi.fn()
process.on("unhandledRejection", unhandled)
afterEach(() => expect(unhandled).not.toHaveBeenCalled())

const newHints = (count: number): Hint[] => Array.from({ length: count }, () => ({ jobId: newJobId(), priority: 0 }))

/** Rings until somebody hears it, as the sweep does. */
async function isHeard(queue: Queue, heard: readonly Hint[]): Promise<void> {
  const [hint] = newHints(1)
  await eventually(async () => {
    if (hint) await queue.publish([hint]).catch(() => {})
    return heard.some(({ jobId }) => jobId === hint?.jobId)
  })
}

// Each has servers of its own and mostly waits.
const programs = ["redis-server", "redis-cli"]

describeIfInstalled("a queue and a notifier on Redis", { programs, concurrent: true }, () => {
  it("go on after the server was killed and started again", async () => {
    await using server = await startRedis()
    const logger = recordingLogger()
    await using connection = openRedis({ url: server.url, logger })
    const queue = createRedisQueue({ connection, name: "healing", logger })
    const notifier = createRedisNotifier({ connection, logger })
    const heard: Hint[] = []
    const notified: Notification[] = []
    const restored = vi.fn()
    queue.onRestored(restored)
    await queue.bind("store-a")
    await queue.consume(async (hint) => void heard.push(hint), { concurrency: 2 })
    await notifier.subscribe({}, (notification) => void notified.push(notification))
    await isHeard(queue, heard)
    expect(restored).not.toHaveBeenCalled()

    await server.kill()
    await eventually(() => !connection.connected)
    await server.start()

    await isHeard(queue, heard)
    await eventually(() => restored.mock.calls.length > 0)
    await eventually(async () => {
      await notifier.publish([{ kind: "event", jobId: newJobId(), number: 7 }]).catch(() => {})
      return notified.some(({ number }) => number === 7)
    })
    // Nothing was saved: which store it rings for has to be said again.
    const other = createRedisQueue({ connection, name: "healing" })
    await expect(other.bind("store-b")).rejects.toMatchObject({ code: "QUEUE_MISMATCH" })
    expect(logger.lines.filter(({ level }) => level === "error")).toEqual([])
    for (const each of [queue, other, notifier]) await each.close()
  })

  it("refuse within moments what cannot be done while the server is away, and stop nevertheless", async () => {
    await using server = await startRedis()
    await using connection = openRedis({ url: server.url })
    const queue = createRedisQueue({ connection, name: "away" })
    const notifier = createRedisNotifier({ connection })
    let letGo = (): void => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    const handling: Hint[] = []
    const consumer = await queue.consume((hint) => (handling.push(hint), held), { concurrency: 2 })
    await queue.publish(newHints(1))
    await eventually(() => handling.length === 1)
    await server.kill()
    await eventually(() => !connection.connected)
    const attempts: (() => Promise<unknown>)[] = [
      () => queue.publish(newHints(3)),
      () => queue.depth(),
      () => notifier.publish([{ kind: "event", jobId: newJobId(), number: 1 }]),
    ]
    for (const attempt of attempts) {
      const began = performance.now()
      await expect(attempt()).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true })
      expect(performance.now() - began).toBeLessThan(1000)
    }
    let stopped = false
    const stopping = consumer.stop().then(() => (stopped = true))
    await queue.publish([]).catch(() => {})
    expect(stopped).toBe(false)
    letGo()
    await stopping
    await Promise.all([queue.close(), notifier.close()])
  })

  it("are there as soon as a server is that was away when they began", async () => {
    await using server = await startRedis()
    await server.kill()
    await using connection = openRedis({ url: server.url })
    const queue = createRedisQueue({ connection, name: "late" })
    const notifier = createRedisNotifier({ connection })
    const heard: Hint[] = []
    const notified: Notification[] = []
    const restored = vi.fn()
    queue.onRestored(restored)
    await queue.bind("store-a")
    await queue.consume(async (hint) => void heard.push(hint), { concurrency: 1 })
    await notifier.subscribe({}, (notification) => void notified.push(notification))
    await expect(queue.publish(newHints(1))).rejects.toMatchObject({ code: "UNAVAILABLE" })
    await server.start()
    await eventually(() => restored.mock.calls.length > 0)
    await isHeard(queue, heard)
    await eventually(async () => {
      await notifier.publish([{ kind: "event", jobId: newJobId(), number: 1 }]).catch(() => {})
      return notified.length > 0
    })
    const other = createRedisQueue({ connection, name: "late" })
    await expect(other.bind("store-b")).rejects.toMatchObject({ code: "QUEUE_MISMATCH" })
    for (const each of [queue, other, notifier]) await each.close()
  })

  it("refuse to ring for a store that another took the place of while the server was away", async () => {
    await using server = await startRedis()
    await server.kill()
    await using connection = openRedis({ url: server.url })
    const logger = recordingLogger()
    const queue = createRedisQueue({ connection, name: "late", logger })
    await queue.bind("store-a")
    await server.start()
    await withClient(server.url, (client) => client.set("{assay}:late:store", "store-b"))
    await eventually(() =>
      queue.publish(newHints(1)).then(
        () => false,
        ({ code }) => code === "QUEUE_MISMATCH",
      ),
    )
    expect(logger.lines.filter(({ level }) => level === "error")).toHaveLength(1)
    await queue.close()
  })

  it("notice that all keys are gone, and say that rings may be lost", async () => {
    await using server = await startRedis()
    await using connection = openRedis({ url: server.url })
    const queue = createRedisQueue({ connection, name: "flushed" })
    const heard: Hint[] = []
    const restored = vi.fn()
    queue.onRestored(restored)
    await queue.bind("store-a")
    await queue.consume(async (hint) => void heard.push(hint), { concurrency: 1 })
    await isHeard(queue, heard)
    await withClient(server.url, (client) => client.flushall())
    await eventually(() => restored.mock.calls.length === 1)
    await isHeard(queue, heard)
    const other = createRedisQueue({ connection, name: "flushed" })
    await expect(other.bind("store-b")).rejects.toMatchObject({ code: "QUEUE_MISMATCH" })
    for (const each of [queue, other]) await each.close()
  })

  it("lose no job of a runtime when Redis loses everything", async () => {
    await using server = await startRedis()
    await using connection = openRedis({ url: server.url })
    const queue = createRedisQueue({ connection, name: "runtime" })
    const notifier = createRedisNotifier({ connection })
    const parts = { store: createMemoryJobStore(), queue, notifier }
    const [api, worker] = [createRuntime({ ...parts, role: "api" }), createRuntime(parts)]
    const job = defineJob({ type: "test.count", input: anything })
    let done = 0
    worker.worker.handle(job, async () => void done++)
    await api.start()
    await Promise.all(Array.from({ length: 50 }, (_, count) => api.client.enqueue(job, { count })))
    await eventually(async () => (await queue.depth()) === 50)
    await withClient(server.url, (client) => client.flushall())
    await worker.start()
    await eventually(async () => (await api.client.counts()).succeeded === 50)
    expect(done).toBe(50)
    await Promise.all([api.stop(), worker.stop()])
    await Promise.all([queue.close(), notifier.close()])
  })

  it("connect again when the server became a replica, as after a failover behind one name", async () => {
    await using server = await startRedis()
    await using primary = await startRedis()
    await using connection = openRedis({ url: server.url })
    const queue = createRedisQueue({ connection, name: "failover" })
    const heard: Hint[] = []
    await queue.consume(async (hint) => void heard.push(hint), { concurrency: 1 })
    await isHeard(queue, heard)
    const restored = vi.fn()
    connection.onRestored(restored)
    await withClient(server.url, (client) => client.replicaof("127.0.0.1", primary.port))
    await expect(queue.publish(newHints(1))).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true })
    await eventually(() => restored.mock.calls.length > 0)
    await withClient(server.url, (client) => client.replicaof("NO", "ONE"))
    await isHeard(queue, heard)
    await queue.close()
  })

  it("heal when every connection falls silent without being closed", async () => {
    await using server = await startRedis()
    await using proxy = await startProxy(server.port)
    await using connection = openRedis({ url: proxy.url })
    const queue = createRedisQueue({ connection, name: "silent" })
    const notifier = createRedisNotifier({ connection })
    const heard: Hint[] = []
    const notified: Notification[] = []
    const restored = vi.fn()
    queue.onRestored(restored)
    await queue.consume(async (hint) => void heard.push(hint), { concurrency: 1 })
    await notifier.subscribe({}, (notification) => void notified.push(notification))
    await isHeard(queue, heard)
    proxy.silenceAll()
    const began = performance.now()
    await expect(queue.publish(newHints(1))).rejects.toMatchObject({ code: "UNAVAILABLE" })
    expect(performance.now() - began).toBeLessThan(1000)
    await isHeard(queue, heard)
    await eventually(() => restored.mock.calls.length > 0)
    await eventually(async () => {
      await notifier.publish([{ kind: "event", jobId: newJobId(), number: 1 }]).catch(() => {})
      return notified.length > 0
    })
    await Promise.all([queue.close(), notifier.close()])
  })

  it("go on when a node of a cluster was killed and started again", async () => {
    await using cluster = await startCluster()
    await using connection = openRedis({ url: cluster.url })
    await connection.ready()
    expect(connection.cluster).toBe(true)
    const queue = createRedisQueue({ connection, name: "cluster" })
    const notifier = createRedisNotifier({ connection })
    const heard: Hint[] = []
    const notified: Notification[] = []
    const restored = vi.fn()
    queue.onRestored(restored)
    await queue.bind("store-a")
    await queue.consume(async (hint) => void heard.push(hint), { concurrency: 1 })
    await notifier.subscribe({}, (notification) => void notified.push(notification))
    await isHeard(queue, heard)
    for (const node of cluster.nodes) {
      await node.kill()
      await node.start()
    }
    await isHeard(queue, heard)
    await eventually(() => restored.mock.calls.length > 0)
    await eventually(async () => {
      await notifier.publish([{ kind: "event", jobId: newJobId(), number: 1 }]).catch(() => {})
      return notified.length > 0
    })
    await Promise.all([queue.close(), notifier.close()])
  })

  it("refuse another database than 0 on a cluster, and know one by itself", async () => {
    await using cluster = await startCluster()
    await using wrong = openRedis({ url: `${cluster.url}/2` })
    await expect(wrong.ready()).rejects.toMatchObject({
      code: "INVALID_INPUT",
      message: expect.stringMatching(/belongs to a cluster, which has only database 0/),
    })
    await using told = openRedis({ url: cluster.url, cluster: true })
    await told.ready()
    expect(told.cluster).toBe(true)
  })
})

describeIfInstalled("a worker of BullMQ that stops fetching", { programs }, () => {
  it("is built anew, without more calls at once than are allowed", async () => {
    await using server = await startRedis()
    await using connection = openRedis({ url: server.url })
    const logger = recordingLogger()
    const queue = createRedisQueue({ connection, name: "deaf", logger })
    let inHand = 0
    let most = 0
    const heard: Hint[] = []
    let letGo = (): void => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    // The first worker hears one ring, and then nothing for ever.
    const workers = new Set<Worker>()
    const { getNextJob } = Worker.prototype
    const spy = vi.spyOn(Worker.prototype, "getNextJob").mockImplementation(function (this: Worker, ...args) {
      const [first] = workers.add(this)
      return this === first && heard.length > 0 ? new Promise<never>(() => {}) : getNextJob.apply(this, args)
    })
    await queue.consume(
      async (hint) => {
        heard.push(hint)
        most = Math.max(most, ++inHand)
        if (heard.length === 1) await held
        inHand--
      },
      { concurrency: 2 },
    )
    await queue.publish(newHints(1))
    await eventually(() => heard.length === 1)
    await queue.publish(newHints(20))
    await eventually(() => heard.length === 21)
    expect(most).toBe(2)
    expect(logger.lines.map(({ message }) => message)).toContain(
      "a worker of BullMQ stopped fetching and is built anew",
    )
    letGo()
    await queue.close()
    spy.mockRestore()
  })
})
