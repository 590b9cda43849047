import { execFileSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { assayOptions } from "../../src/assay-options.js"
import { readRedisConnection } from "../../src/settings/read-redis-connection.js"
import type { RedisConnectionReading } from "../../src/settings/read-redis-connection.js"
import { readSettings } from "../../src/settings/read-settings.js"

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-redis-settings-"))
  for (const name of ["one", "two"]) {
    execFileSync(
      "openssl",
      [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
        ...["-subj", `/CN=${name}`, "-keyout", path(`${name}.key`), "-out", path(`${name}.crt`)],
      ],
      { stdio: "ignore" },
    )
  }
  writeFileSync(path("both.pem"), pem("one.crt") + pem("one.key"))
  writeFileSync(path("text.txt"), "hello")
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const path = (name: string): string => join(folder, name)
const pem = (name: string): string => readFileSync(path(name), "utf8")

const read = (environment: Record<string, string>): RedisConnectionReading =>
  readRedisConnection(readSettings({ environment, folder }).settings)

/** The message of the error that is thrown, and its code. */
function complaint(environment: Record<string, string>): string {
  try {
    read(environment)
  } catch (error) {
    expect(error).toMatchObject({ code: "SETTINGS_INVALID" })
    return (error as Error).message
  }
  throw new Error("Nothing was wrong with these settings.")
}

const plain = { host: "localhost", port: 6379, db: 0, tls: false }

describe("the server", () => {
  test.each<[string, Record<string, string>, object | undefined]>([
    ["is none by default", {}, undefined],
    ["is named by a URL", { REDIS_URL: "redis://localhost:6379" }, plain],
    [
      "is named by a URL with everything",
      { REDIS_URL: "rediss://ann:p%40ss@[::1]:7000/3" },
      { host: "::1", port: 7000, username: "ann", password: "p@ss", db: 3, tls: { rejectUnauthorized: true } },
    ],
    ["is named as the Go service did", { REDIS_ADDR: "localhost:6379", REDIS_PASSWORD: "", REDIS_DB: "0" }, plain],
    [
      "is named as the Node service did",
      {
        ...{ REDIS_HOST: "localhost", REDIS_PORT: "6379", REDIS_PASSWORD: "secret", REDIS_DB: "1" },
        ...{ REDIS_USERNAME: "default", REDIS_TLS_ENABLED: "false", REDIS_TLS_CERT_PATH: "./certs/redis-client.crt" },
      },
      { ...plain, db: 1, username: "default", password: "secret" },
    ],
    [
      "may be named twice alike",
      { REDIS_URL: "redis://localhost", REDIS_ADDR: "localhost:6379", REDIS_DB: "0" },
      plain,
    ],
    [
      "is on this machine when only its port is named",
      { REDIS_PORT: "7000" },
      { ...plain, host: "127.0.0.1", port: 7000 },
    ],
    ["may be said to be a cluster", { REDIS_HOST: "localhost", REDIS_CLUSTER: "true" }, { ...plain, cluster: true }],
    ["may be said to be none", { REDIS_HOST: "localhost", REDIS_CLUSTER: "0" }, { ...plain, cluster: false }],
  ])("%s", (_, environment, expected) => {
    const { connection, warnings } = read(environment)
    expect(connection).toEqual(expected)
    expect(warnings).toEqual([])
  })

  test.each<[Record<string, string>, string, string]>([
    [{ REDIS_URL: "redis://one", REDIS_HOST: "two" }, "REDIS_URL", "REDIS_HOST"],
    [{ REDIS_URL: "redis://one", REDIS_ADDR: "two:6379" }, "REDIS_URL", "REDIS_ADDR"],
    [{ REDIS_ADDR: "one:6379", REDIS_HOST: "two" }, "REDIS_ADDR", "REDIS_HOST"],
    [{ REDIS_ADDR: "one:6379", REDIS_PORT: "6380" }, "REDIS_ADDR", "REDIS_PORT"],
    [{ REDIS_URL: "redis://one:7000", REDIS_PORT: "6379" }, "REDIS_URL", "REDIS_PORT"],
    [{ REDIS_URL: "redis://one/2", REDIS_DB: "0" }, "REDIS_URL", "REDIS_DB"],
    [{ REDIS_URL: "redis://ann@one", REDIS_USERNAME: "bob" }, "REDIS_URL", "REDIS_USERNAME"],
    [{ REDIS_URL: "redis://:geheim1@one", REDIS_PASSWORD: "geheim2" }, "REDIS_URL", "REDIS_PASSWORD"],
    [{ REDIS_URL: "rediss://one", REDIS_TLS_ENABLED: "false" }, "REDIS_URL", "REDIS_TLS_ENABLED"],
  ])("must not be named in two ways that disagree: %j", (environment, one, other) => {
    const message = complaint(environment)
    expect(message).toContain(one)
    expect(message).toContain(other)
    expect(message).not.toContain("geheim")
  })

  test("is complained of once, with all that is wrong", () => {
    const message = complaint({ REDIS_URL: "redis://one/1", REDIS_HOST: "two", REDIS_DB: "0" })
    expect(message).toMatch(/REDIS_HOST[^]*REDIS_DB/)
  })

  test("cannot be what no server can be", () => {
    for (const environment of [
      ...["http://one", "redis://", "redis://one/db", "redis://:100%@one", "one:6379"].map((REDIS_URL) => ({
        REDIS_URL,
      })),
      ...["one:0", "one:70000", "redis://one", "one:two"].map((REDIS_ADDR) => ({ REDIS_ADDR })),
      ...[{ REDIS_DB: "-1" }, { REDIS_PORT: "0" }, { REDIS_QUEUE_NAME: "a:b" }, { REDIS_TLS_ENABLED: "perhaps" }],
    ] as Record<string, string>[]) {
      expect(complaint(environment)).toContain(Object.keys(environment)[0])
    }
  })

  test("that is not named is not logged in to, and whoever tried is told", () => {
    const { connection, warnings } = read({ REDIS_PASSWORD: "geheim", REDIS_DB: "0" })
    expect(connection).toBeUndefined()
    expect(warnings).toHaveLength(2)
    expect(warnings.join()).not.toContain("geheim")
  })
})

describe("TLS", () => {
  const on = { REDIS_HOST: "localhost", REDIS_TLS_ENABLED: "true" }

  test.each<[string, () => Record<string, string>, () => object]>([
    ["needs nothing but to be asked for", () => ({}), () => ({})],
    ["may be careless", () => ({ REDIS_TLS_REJECT_UNAUTHORIZED: "false" }), () => ({ rejectUnauthorized: false })],
    [
      "shows a certificate with its key",
      () => ({ REDIS_TLS_CERT_PATH: path("one.crt"), REDIS_TLS_KEY_PATH: path("one.key") }),
      () => ({ cert: pem("one.crt"), key: pem("one.key") }),
    ],
    [
      "finds the key in the certificate's file",
      () => ({ REDIS_TLS_CERT_PATH: path("both.pem") }),
      () => ({ cert: pem("both.pem"), key: pem("both.pem") }),
    ],
    [
      "takes a lone certificate for the authority",
      () => ({ REDIS_TLS_CERT_PATH: path("one.crt") }),
      () => ({ ca: pem("one.crt") }),
    ],
    [
      "trusts the authority it is given",
      () => ({ REDIS_TLS_CA_PATH: path("two.crt"), REDIS_TLS_CERT_PATH: path("both.pem") }),
      () => ({ ca: pem("two.crt"), cert: pem("both.pem"), key: pem("both.pem") }),
    ],
  ])("%s", (_, environment, expected) => {
    expect(read({ ...on, ...environment() }).connection?.tls).toEqual({ rejectUnauthorized: true, ...expected() })
  })

  test.each<[string, () => Record<string, string>, RegExp]>([
    ["a file that is not there", () => ({ REDIS_TLS_CA_PATH: path("none") }), /REDIS_TLS_CA_PATH.*ENOENT/],
    [
      "a file that is no certificate",
      () => ({ REDIS_TLS_CERT_PATH: path("text.txt") }),
      /REDIS_TLS_CERT_PATH.*certificate/,
    ],
    ["a key without a certificate", () => ({ REDIS_TLS_KEY_PATH: path("one.key") }), /REDIS_TLS_CERT_PATH/],
    [
      "a key of another certificate",
      () => ({ REDIS_TLS_CERT_PATH: path("one.crt"), REDIS_TLS_KEY_PATH: path("two.key") }),
      /do not belong together/,
    ],
  ])("is refused with %s", (_, environment, expected) => {
    expect(complaint({ ...on, ...environment() })).toMatch(expected)
  })

  test("that is not asked for needs no files, and whoever gave some is told", () => {
    const { connection, warnings } = read({ REDIS_HOST: "localhost", REDIS_TLS_CERT_PATH: path("none") })
    expect(connection?.tls).toBe(false)
    expect(warnings).toEqual([expect.stringContaining("REDIS_TLS_CERT_PATH has no effect")])
  })
})

test("two queues have the names and the concurrency that the services before gave them", () => {
  const { settings } = readSettings({
    environment: {
      ...{ REDIS_URL: "redis://localhost", REDIS_QUEUE_NAME: "git_jobs", QUEUE_NAME: "questions" },
      ...{ WORKER_CONCURRENCY: "2", MAX_CONCURRENT_JOBS: "3" },
    },
    folder,
  })
  expect(assayOptions(settings)).toMatchObject({
    redis: { prefix: "assay", gitQueueName: "git_jobs", analysisQueueName: "questions" },
    concurrency: { default: 2, analysis: 3 },
  })
})
