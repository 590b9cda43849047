import { inspect } from "node:util"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { parseEgressProxy } from "../../src/remote/egress-proxy.js"
import { parseRemoteUrl } from "../../src/remote/remote-url.js"
import { certificateAuthority } from "../helpers/certificates.js"
import type { CertificateAuthority } from "../helpers/certificates.js"
import { noise } from "../helpers/create-repository.js"
import { runningProcesses } from "../helpers/processes.js"
import { startProxy } from "../helpers/proxy.js"
import type { TestProxy } from "../helpers/proxy.js"
import { allFiles, leftovers, serving } from "../helpers/serving.js"
import type { Serving, ServingOptions } from "../helpers/serving.js"

// Only the proxy knows these names.
const hostname = "git.inside.invalid"
const password = "canary:pass word/%"
const token = "canary-token-value"

let authority: CertificateAuthority

beforeAll(async () => {
  authority = await certificateAuthority()
})

afterAll(() => authority[Symbol.asyncDispose]())

const unresolvable = (): Promise<readonly string[]> => Promise.reject(new Error("the resolver was asked"))
const through = ({ port }: TestProxy, credentials = ""): ReturnType<typeof parseEgressProxy> =>
  parseEgressProxy(`http://${credentials}127.0.0.1:${port}`)
const secure = (options: ServingOptions = {}): Promise<Serving> =>
  serving({ hostname, certificate: authority.issue([hostname]), ...options })

describe("a proxy", () => {
  test.each(["http", "https"])(
    "carries everything to a remote over %s, which is resolved nowhere else",
    async (scheme) => {
      await using setting = await (scheme === "https" ? secure() : serving({ hostname }))
      await using proxy = await startProxy({ hosts: { [hostname]: "127.0.0.1" } })
      const mirrors = setting.mirrors({ caFile: authority.caFile, proxy: through(proxy), resolver: unresolvable })
      expect(await mirrors.fetch("7", setting.remote)).toMatchObject({ outcome: "created" })
      setting.source.commit({ from: "refs/heads/main", files: { "c.bin": noise(10_000, 2) } })
      const tip = setting.source.write()
      expect(await mirrors.fetch("7", setting.remote)).toMatchObject({ outcome: "updated", tip })
      const agents = new Set(setting.server.requests.map(({ agent }) => agent.includes("assay")))
      expect(agents).toEqual(new Set([true, false]))
      if (scheme === "http") {
        expect(proxy.requests.length).toBe(setting.server.requests.length)
        expect(proxy.requests.every(({ line }) => line.includes(`http://${hostname}:${setting.server.port}/`))).toBe(
          true,
        )
      } else {
        expect(new Set(proxy.requests.map(({ line }) => line))).toEqual(
          new Set([`CONNECT ${hostname}:${setting.server.port}`]),
        )
      }
    },
  )

  test.each(["http", "https"])(
    "that demands credentials gets its own, the remote over %s gets the token, and nobody sees either",
    async (scheme) => {
      let seen = ""
      const options: ServingOptions = {
        credentials: `x-access-token:${token}`,
        intercept() {
          for (const running of runningProcesses()) seen += running.arguments + running.environment
          return false
        },
      }
      await using setting = await (scheme === "https" ? secure(options) : serving({ hostname, ...options }))
      await using proxy = await startProxy({ credentials: `assay:${password}` })
      const egress = through(proxy, `assay:${encodeURIComponent(password)}@`)
      const mirrors = setting.mirrors({ caFile: authority.caFile, proxy: egress, resolver: unresolvable })
      const result = await mirrors.fetch("7", setting.remote, { token })
      expect(result).toMatchObject({ outcome: "created" })
      expect(seen).toContain("ls-remote")
      expect(seen).toContain("fetch")
      const basic = Buffer.from(`assay:${password}`).toString("base64")
      for (const text of [seen, allFiles(setting.root), inspect(result, { depth: 8 })]) {
        expect(text).not.toContain("canary")
        expect(text).not.toContain(encodeURIComponent(password))
        expect(text).not.toContain(basic)
      }
      expect(proxy.requests.every(({ authorization }) => authorization === `Basic ${basic}`)).toBe(true)
      expect(setting.server.requests.some(({ authorization }) => authorization)).toBe(true)
      expect(setting.server.requests.some(({ authorization }) => authorization === `Basic ${basic}`)).toBe(false)
      if (scheme === "https") expect(proxy.requests.some(({ forwarded }) => forwarded)).toBe(false)

      for (const wrong of ["", "assay:wrong-canary@"]) {
        const refused: unknown = await setting
          .mirrors({ caFile: authority.caFile, proxy: through(proxy, wrong), resolver: unresolvable })
          .fetch("8", setting.remote, { token })
          .catch((error: unknown) => error)
        expect(refused).toMatchObject({
          code: "GIT_NETWORK",
          retryable: false,
          message: expect.stringContaining("The proxy asks for credentials"),
          hint: expect.stringContaining("ASSAY_GIT_PROXY"),
        })
        expect(inspect(refused, { depth: 8 })).not.toContain("canary")
      }
      expect(leftovers(setting.root)).toEqual([])
    },
  )

  test("decides where we may go", async () => {
    await using setting = await secure()
    for (const [status, expected] of [
      [403, { code: "GIT_ADDRESS_REFUSED", retryable: false }],
      [502, { code: "GIT_NETWORK", retryable: true }],
    ] as const) {
      await using proxy = await startProxy({ refuse: () => status })
      const mirrors = setting.mirrors({ caFile: authority.caFile, proxy: through(proxy), resolver: unresolvable })
      await expect(mirrors.fetch("7", setting.remote)).rejects.toMatchObject(expected)
    }
    expect(setting.server.requests).toEqual([])
  })

  test("is not asked for addresses that are written into a URL and not public, nor for its own machine", async () => {
    await using setting = await serving()
    await using proxy = await startProxy()
    const mirrors = setting.mirrors({ allow: [], proxy: through(proxy), resolver: unresolvable })
    for (const host of ["127.0.0.1", "169.254.169.254", "[::1]", "2130706433", "localhost", "x.localhost"]) {
      await expect(mirrors.fetch("7", parseRemoteUrl(`https://${host}/a/b`))).rejects.toMatchObject({
        code: "GIT_ADDRESS_REFUSED",
      })
    }
    expect(proxy.requests).toEqual([])
  })

  test("that is not there is a network failure", async () => {
    await using setting = await secure()
    const gone = await startProxy()
    await gone[Symbol.asyncDispose]()
    const mirrors = setting.mirrors({ caFile: authority.caFile, proxy: through(gone), resolver: unresolvable })
    await expect(mirrors.fetch("7", setting.remote)).rejects.toMatchObject({ code: "GIT_NETWORK", retryable: true })
  })

  test("does not hide the certificate of somebody else, and redirects are checked behind it as before", async () => {
    await using imposter = await secure({ certificate: authority.issue(["other.invalid"]) })
    await using moved = await secure({
      intercept: (request, response) =>
        Boolean(response.writeHead(302, { location: `https://10.0.0.1${request.url}` }).end()),
    })
    await using proxy = await startProxy()
    for (const [setting, code] of [
      [imposter, "GIT_NETWORK"],
      [moved, "GIT_ADDRESS_REFUSED"],
    ] as const) {
      const mirrors = setting.mirrors({ caFile: authority.caFile, proxy: through(proxy), resolver: unresolvable })
      await expect(mirrors.fetch("7", setting.remote, { token })).rejects.toMatchObject({ code, retryable: false })
    }
    expect(imposter.server.requests).toEqual([])
    expect(proxy.requests.some(({ line }) => line.includes("10.0.0.1"))).toBe(false)
  })

  test.each(["http", "https"])("of the environment is ignored for a remote over %s", async (scheme) => {
    await using setting = await (scheme === "https" ? secure() : serving({ hostname }))
    await using stranger = await startProxy()
    await using proxy = await startProxy()
    const names = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    for (const name of names) process.env[name] = `http://127.0.0.1:${stranger.port}`
    try {
      const direct = setting.mirrors({ caFile: authority.caFile, resolver: async () => ["127.0.0.1"] })
      expect(await direct.fetch("7", setting.remote)).toMatchObject({ outcome: "created" })
      process.env["no_proxy"] = "*"
      const proxied = setting.mirrors({ caFile: authority.caFile, proxy: through(proxy), resolver: unresolvable })
      expect(await proxied.fetch("8", setting.remote)).toMatchObject({ outcome: "created" })
    } finally {
      for (const name of [...names, "no_proxy"]) delete process.env[name]
    }
    expect(stranger.requests).toEqual([])
    expect(proxy.requests.length).toBeGreaterThan(2)
  })
})

describe("the URL of a proxy", () => {
  test("is a host and a port, with a user and a password or without", () => {
    expect(parseEgressProxy("http://proxy.internal:3128")).toEqual({
      ...{ origin: "http://proxy.internal:3128", hostname: "proxy.internal", port: 3128, credentials: undefined },
    })
    expect(parseEgressProxy("http://proxy.internal/")).toMatchObject({ origin: "http://proxy.internal:80", port: 80 })
    expect(parseEgressProxy("http://[::1]:3128")).toMatchObject({ origin: "http://[::1]:3128", hostname: "::1" })
    expect(parseEgressProxy("http://me:p%40ss@proxy.internal:3128").credentials).toEqual({
      ...{ username: "me", password: "p@ss" },
    })
  })

  test.each([
    "proxy.internal:3128",
    "https://proxy.internal:3128",
    "socks5://proxy.internal:1080",
    "http://proxy.internal/path",
    "http://me:secret@proxy.internal/?query",
    "http://me@proxy.internal",
    "http://:secret@proxy.internal",
    "http://me%0a:secret@proxy.internal",
    "http://me:secret%0a@proxy.internal",
    "http://me:secret%zz@proxy.internal",
    "",
  ])("is not %s, and what is said of it holds no password", (text) => {
    expect(() => parseEgressProxy(text)).toThrow(TypeError)
    expect(() => parseEgressProxy(text)).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining("secret") }),
    )
  })
})
