import { readFileSync } from "node:fs"
import { createServer } from "node:net"
import type { AddressInfo } from "node:net"
import { once } from "node:events"
import { inspect } from "node:util"
import { newJobId } from "@assay/core"
import { expect, it, vi } from "vitest"
import { createRedisNotifier, createRedisQueue, openRedis } from "../src/index.js"
import { describeIfInstalled } from "./helpers/describe-if-installed.js"
import { eventually } from "./helpers/eventually.js"
import { recordingLogger } from "./helpers/recording-logger.js"
import { freePort, startRedis, withClient } from "./helpers/redis-server.js"

describeIfInstalled("openRedis", { programs: ["redis-server"] }, () => {
  it("connects with a password, to a database, and knows that it is no cluster", async () => {
    await using server = await startRedis(["--requirepass", "p@ss/word"])
    await using connection = openRedis({ url: `redis://:p%40ss%2Fword@127.0.0.1:${server.port}/3` })
    expect(connection.connected).toBe(false)
    await connection.ready()
    expect(connection).toMatchObject({ connected: true, cluster: false })
    const clients = await withClient(`redis://:p%40ss%2Fword@127.0.0.1:${server.port}`, (client) =>
      client.client("LIST"),
    )
    expect(clients).toMatch(/name=assay-commands .* db=3 /)
  })

  it("connects as a user", async () => {
    await using server = await startRedis()
    await withClient(server.url, (client) => client.acl("SETUSER", "alice", "on", ">wonder", "~*", "&*", "+@all"))
    const { port } = server
    await using connection = openRedis({ port, username: "alice", password: "wonder" })
    await connection.ready()
    await using other = openRedis({ port, username: "alice", password: "hunter2" })
    await expect(other.ready()).rejects.toMatchObject({
      message: expect.stringMatching(/refuses the user or the password/),
    })
  })

  it("asks for no more rights than the README says", async () => {
    await using server = await startRedis()
    const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
    const rules = /A user needs `(.+?)`/.exec(readme)?.[1]?.split(" ") ?? []
    expect(rules.length).toBeGreaterThan(3)
    await withClient(server.url, (client) => client.acl("SETUSER", "assay", "on", ">wonder", ...rules))
    await using connection = openRedis({ port: server.port, username: "assay", password: "wonder" })
    await connection.ready()
    const queue = createRedisQueue({ connection, name: "default" })
    const notifier = createRedisNotifier({ connection })
    const heard: unknown[] = []
    await queue.bind("a store")
    await queue.publish([{ jobId: newJobId(), priority: 0 }])
    expect(await queue.depth()).toBe(1)
    await queue.consume(async (hint) => void heard.push(hint), { concurrency: 1 })
    await notifier.subscribe({}, (notification) => void heard.push(notification))
    await notifier.publish([{ kind: "event", jobId: newJobId(), number: 1 }])
    await eventually(() => heard.length === 2)
    await Promise.all([queue.close(), notifier.close()])
  })

  it.each<[name: string, url: (port: number) => string, message: RegExp]>([
    ["a wrong password", (port) => `redis://:hunter2@127.0.0.1:${port}`, /refuses the user or the password/],
    ["no password", (port) => `redis://127.0.0.1:${port}`, /demands a password, and none was given/],
    ["a database that there is not", (port) => `redis://:right@127.0.0.1:${port}/99`, /has no database 99/],
  ])("says at once what is wrong with %s, without telling it", async (_, url, message) => {
    await using server = await startRedis(["--requirepass", "right"])
    const logger = recordingLogger()
    await using connection = openRedis({ url: url(server.port), logger })
    const error = await connection.ready().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: "INVALID_INPUT", retryable: false, message: expect.stringMatching(message) })
    expect(inspect([error, logger.lines], { depth: 20 })).not.toMatch(/hunter2|right@/)
  })

  it("tells the password to nobody who logs, not even when it is refused later", async () => {
    await using server = await startRedis(["--requirepass", "hunter2"])
    const logger = recordingLogger()
    await using connection = openRedis({ url: `redis://:hunter2@127.0.0.1:${server.port}`, logger })
    const queue = createRedisQueue({ connection, name: "default", logger })
    const notifier = createRedisNotifier({ connection, logger })
    await queue.consume(async () => {}, { concurrency: 1 })
    await notifier.subscribe({}, () => {})
    await queue.publish([{ jobId: newJobId(), priority: 0 }])
    await withClient(`redis://:hunter2@127.0.0.1:${server.port}`, async (client) => {
      await client.config("SET", "requirepass", "changed")
      await client.call("CLIENT", "KILL", "SKIPME", "yes")
    })
    const errors: unknown[] = []
    await eventually(async () => {
      await queue.publish([{ jobId: newJobId(), priority: 0 }]).catch((error: unknown) => errors.push(error))
      return errors.some((error) => /refuses the user or the password/.test(String(error)))
    })
    errors.push(await connection.ready().catch((error: unknown) => error))
    expect(errors.at(-1)).toMatchObject({ code: "INVALID_INPUT" })
    await Promise.all([queue.close(), notifier.close()])
    expect(inspect([errors, logger.lines, connection, queue], { depth: 20 })).not.toContain("hunter2")
  })

  it("connects by itself once the password is right", async () => {
    await using server = await startRedis(["--requirepass", "old"])
    await using connection = openRedis({ port: server.port, password: "new" })
    await expect(connection.ready()).rejects.toMatchObject({ code: "INVALID_INPUT" })
    await withClient(`redis://:old@127.0.0.1:${server.port}`, (client) => client.config("SET", "requirepass", "new"))
    await eventually(() => connection.connected)
  })

  it("waits for a server that is not there, for as long as it may", async () => {
    await using connection = openRedis({ port: await freePort() })
    await expect(connection.ready({ timeoutMs: 300 })).rejects.toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
      message: expect.stringMatching(/cannot be reached \(ECONNREFUSED\)/),
    })
    await expect(connection.ready({ signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ code: "ABORTED" })
  })

  it("waits for a server that accepts connections and says nothing", async () => {
    const mute = createServer(() => {}).listen(0, "127.0.0.1")
    await once(mute, "listening")
    await using connection = openRedis({ port: (mute.address() as AddressInfo).port })
    await expect(connection.ready({ timeoutMs: 300 })).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true })
    mute.close()
  })

  it("does not know a host that nobody knows", async () => {
    await using connection = openRedis({ host: "redis.invalid" })
    await expect(connection.ready({ timeoutMs: 2000 })).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringMatching(/redis\.invalid/),
    })
  })

  it("is there when the server comes, and says so to whoever waits", async () => {
    await using server = await startRedis()
    await server.kill()
    await using connection = openRedis({ url: server.url })
    const restored = vi.fn()
    connection.onRestored(restored)
    await expect(connection.ready({ timeoutMs: 200 })).rejects.toMatchObject({ code: "UNAVAILABLE" })
    const ready = connection.ready({ timeoutMs: 20_000 })
    await server.start()
    await ready
    await eventually(() => restored.mock.calls.length === 1)
  })

  it("comes back after the server has cut it off", async () => {
    await using server = await startRedis()
    await using connection = openRedis({ url: server.url })
    const restored = vi.fn()
    const [forget, forgotten] = [connection.onRestored(restored), vi.fn()]
    connection.onRestored(forgotten)()
    await connection.ready()
    expect(restored).not.toHaveBeenCalled()
    await withClient(server.url, (client) => client.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
    await eventually(() => restored.mock.calls.length === 1)
    expect(connection.connected).toBe(true)
    expect(forgotten).not.toHaveBeenCalled()
    forget()
  })

  it("is closed twice, and then for good", async () => {
    await using server = await startRedis()
    const connection = openRedis({ url: server.url })
    await connection.ready()
    await Promise.all([connection.close(), connection.close()])
    await expect(connection.ready()).rejects.toMatchObject({ code: "CLOSED" })
    expect(connection.connected).toBe(false)
    const clients = await withClient(server.url, (client) => client.client("LIST"))
    expect(clients).not.toMatch(/assay-/)
  })

  it("ends the wait of whoever waits when it is closed", async () => {
    const connection = openRedis({ port: await freePort() })
    const ready = connection.ready()
    await connection.close()
    await expect(ready).rejects.toMatchObject({ code: "CLOSED" })
  })

  it.each<[options: Parameters<typeof openRedis>[0], message: RegExp]>([
    [{ url: "http://:hunter2@localhost" }, /url: expected redis:\/\//],
    [{ url: "not a url with hunter2" }, /url: expected redis:\/\//],
    [{ url: "redis://localhost/users" }, /url: what follows the host/],
    [{ port: 0 }, /port: no port number/],
    [{ db: -1 }, /db: databases are numbered/],
    [{ cluster: true, db: 2 }, /db: a cluster has only database 0/],
  ])("refuses %j", (options, message) => {
    expect(() => openRedis(options)).toThrow(message)
    expect(() => openRedis(options)).not.toThrow(/hunter2/)
  })
})
