import { execFileSync } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { AssayError, Hint } from "@assay/core"
import { newJobId } from "@assay/core"
import { afterAll, beforeAll, expect, it } from "vitest"
import { createRedisNotifier, createRedisQueue, openRedis } from "../src/index.js"
import type { RedisConnectionOptions } from "../src/index.js"
import { certificateMaker } from "./helpers/certificates.js"
import { describeIfInstalled } from "./helpers/describe-if-installed.js"
import { eventually } from "./helpers/eventually.js"
import { freePort, startRedis } from "./helpers/redis-server.js"
import type { RedisServer } from "./helpers/redis-server.js"

describeIfInstalled("TLS", { programs: ["redis-server", "redis-cli", "openssl"] }, () => {
  const folder = mkdtempSync(join(tmpdir(), "assay-redis-tls-"))
  const make = certificateMaker(folder)
  const authority = make.authority("authority")
  const stranger = make.authority("stranger")
  const ours = make.signed("ours", authority)
  const strangers = make.signed("strangers", stranger)
  const expired = make.signed("expired", authority, { expired: true })
  const client = { cert: ours.cert, key: ours.key, ca: authority.cert }

  const servers: RedisServer[] = []
  const port = { demanding: 0, expired: 0, plain: 0 }

  const inCluster = ["--cluster-enabled", "yes", "--tls-cluster", "yes"]

  async function startTls(certificate: typeof ours, args: string[] = []): Promise<number> {
    const tlsPort = await freePort()
    const files = ["--tls-cert-file", certificate.certFile, "--tls-key-file", certificate.keyFile]
    const server = await startRedis([
      ...["--port", "0", "--tls-port", `${tlsPort}`, ...files, "--tls-ca-cert-file", authority.certFile, ...args],
    ])
    servers.push(server)
    return tlsPort
  }

  beforeAll(async () => {
    port.demanding = await startTls(ours)
    port.expired = await startTls(expired, ["--tls-auth-clients", "no"])
    const plain = await startRedis()
    servers.push(plain)
    port.plain = plain.port
  })
  afterAll(async () => {
    for (const server of servers) await server[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  })

  async function refusalOf(options: RedisConnectionOptions): Promise<AssayError> {
    await using connection = openRedis(options)
    return await connection.ready().then(
      () => expect.fail("The connection was made."),
      (error: AssayError) => error,
    )
  }

  it("carries rings and notifications where both sides trust one another", async () => {
    await using connection = openRedis({ url: `rediss://127.0.0.1:${port.demanding}`, tls: client })
    await connection.ready()
    const queue = createRedisQueue({ connection, name: "tls" })
    const notifier = createRedisNotifier({ connection })
    const heard: unknown[] = []
    await queue.consume(async (hint) => void heard.push(hint), { concurrency: 1 })
    await notifier.subscribe({}, (notification) => void heard.push(notification))
    const hint: Hint = { jobId: newJobId(), priority: 0 }
    await queue.publish([hint])
    await notifier.publish([{ kind: "cancel", jobId: hint.jobId, number: 1 }])
    await eventually(() => heard.length === 2)
    await queue.close()
    await notifier.close()
  })

  it("reaches every node of a cluster that demands certificates", async () => {
    const ports = [await startTls(ours, inCluster), await startTls(ours, inCluster), await startTls(ours, inCluster)]
    const addresses = ports.map((each) => `127.0.0.1:${each}`)
    const files = ["--tls", "--cacert", authority.certFile, "--cert", ours.certFile, "--key", ours.keyFile]
    execFileSync("redis-cli", [...files, "--cluster", "create", ...addresses, "--cluster-yes"], { stdio: "pipe" })
    await using connection = openRedis({ url: `rediss://127.0.0.1:${ports[0]}`, tls: client })
    await connection.ready({ timeoutMs: 20_000 })
    expect(connection.cluster).toBe(true)
    const heard: Hint[] = []
    // Each prefix is on one of the nodes: these are on all three.
    for (const prefix of ["a", "b", "c", "d", "e", "f"]) {
      const queue = createRedisQueue({ connection, name: "tls", prefix })
      await queue.consume(async (hint) => void heard.push(hint), { concurrency: 1 })
      await queue.publish([{ jobId: newJobId(), priority: 0 }])
      await eventually(() => heard.length > 0)
      heard.length = 0
      await queue.close()
    }
  })

  it("accepts any certificate if it is told to", async () => {
    const unchecked = { ...client, ca: stranger.cert, rejectUnauthorized: false }
    await using connection = openRedis({ host: "127.0.0.1", port: port.demanding, tls: unchecked })
    await connection.ready()
    await using other = openRedis({ host: "localhost", port: port.expired, tls: { rejectUnauthorized: false } })
    await other.ready()
  })

  it.each<[name: string, options: () => RedisConnectionOptions, message: RegExp]>([
    [
      "a server that another authority has signed",
      () => ({ port: port.demanding, tls: { ...client, ca: stranger.cert } }),
      /the server's certificate is not trusted/,
    ],
    [
      "a server whose authority is not known",
      () => ({ url: `rediss://127.0.0.1:${port.demanding}` }),
      /the server's certificate is not trusted/,
    ],
    [
      "a server whose certificate has expired",
      () => ({ port: port.expired, tls: { ca: authority.cert } }),
      /the server's certificate has expired/,
    ],
    [
      "a server whose certificate is for another name",
      () => ({ port: port.demanding, tls: { ...client, servername: "redis.example" } }),
      /the server's certificate is for another name/,
    ],
    [
      "a missing client certificate",
      () => ({ port: port.demanding, tls: { ca: authority.cert } }),
      /the server demands a client certificate/,
    ],
    [
      "a client certificate that has expired",
      () => ({ port: port.demanding, tls: { ca: authority.cert, cert: expired.cert, key: expired.key } }),
      /the client certificate has expired/,
    ],
    [
      "a client certificate of another authority",
      () => ({ port: port.demanding, tls: { ca: authority.cert, cert: strangers.cert, key: strangers.key } }),
      /the server does not trust the client certificate/,
    ],
    [
      "TLS to a port without it",
      () => ({ url: `rediss://127.0.0.1:${port.plain}` }),
      /does not speak TLS on this port/,
    ],
    [
      "no TLS to a port with it",
      () => ({ url: `redis://127.0.0.1:${port.expired}` }),
      /speaks TLS, and the connection/,
    ],
    [
      "no TLS to a port that demands certificates",
      () => ({ url: `redis://127.0.0.1:${port.demanding}` }),
      /speaks TLS, and the connection/,
    ],
  ])("says what is wrong with %s, and that waiting is of no use", async (_, options, message) => {
    const error = await refusalOf(options())
    expect(error).toMatchObject({ code: "INVALID_INPUT", retryable: false, message: expect.stringMatching(message) })
    expect(error.hint).toBeDefined()
    expect(JSON.stringify([error.message, error.hint])).not.toMatch(/PRIVATE|BEGIN/)
  })

  it.each<[name: string, tls: NonNullable<RedisConnectionOptions["tls"]>, message: RegExp]>([
    ["a path instead of a certificate", { ca: "/etc/ssl/ca.pem" }, /tls\.ca: not a certificate in PEM/],
    ["a certificate without its key", { cert: ours.cert }, /`cert` and `key` belong together/],
    ["a key that is none", { cert: ours.cert, key: "secret" }, /tls\.key: not an unencrypted private key/],
    ["the key of another certificate", { cert: ours.cert, key: strangers.key }, /not the key of `tls\.cert`/],
  ])("refuses %s before it connects", (_, tls, message) => {
    expect(() => openRedis({ tls })).toThrow(message)
  })
})
