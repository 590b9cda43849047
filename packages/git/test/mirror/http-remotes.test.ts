import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { hasCommit } from "../../src/history/revisions.js"
import { parseRemoteUrl } from "../../src/remote/remote-url.js"
import { parseTrustedPrefixes } from "../../src/remote/trusted-prefix.js"
import { noise } from "../helpers/create-repository.js"
import { processesWith, runningProcesses } from "../helpers/processes.js"
import { drip } from "../helpers/git-server.js"
import type { GitServerOptions } from "../helpers/git-server.js"
import { allFiles, leftovers, serving } from "../helpers/serving.js"

describe("a remote over HTTP", () => {
  test("is fetched, with progress, and leaves nothing behind", async () => {
    await using setting = await serving()
    const phases = new Set<string>()
    const result = await setting
      .mirrors()
      .fetch("7", setting.remote, { onProgress: (progress) => phases.add(progress.phase) })
    expect(result).toMatchObject({ outcome: "created", branch: "main", tip: setting.source.git("rev-parse", "main") })
    expect(phases).toContain("receiving")
    expect(leftovers(setting.root)).toEqual([])
  })

  test("costs one ls-remote, and not a byte of a pack, when nothing changed", async () => {
    await using setting = await serving()
    const mirrors = setting.mirrors()
    await mirrors.fetch("7", setting.remote)
    const { requests } = setting.server
    requests.length = 0
    expect(await mirrors.fetch("7", setting.remote)).toMatchObject({ outcome: "unchanged" })
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      "GET /repository.git/info/refs?service=git-upload-pack",
      "POST /repository.git/git-upload-pack",
    ])
    expect(requests.every((request) => request.agent.startsWith("git/2") && !request.agent.includes("assay"))).toBe(
      true,
    )
    expect(requests[1]!.body).toContain("command=ls-refs")
    expect(requests[1]!.body).not.toContain("command=fetch")
  })

  test("is asked nothing that git has not asked, but for one check, when something changed", async () => {
    await using setting = await serving()
    const mirrors = setting.mirrors()
    await mirrors.fetch("7", setting.remote)
    setting.source.commit({ from: "refs/heads/main", files: { "c.bin": noise(1_000, 2) } })
    setting.source.write()
    const { requests } = setting.server
    requests.length = 0
    expect(await mirrors.fetch("7", setting.remote)).toMatchObject({ outcome: "updated" })
    expect(requests.map(({ method, body }) => `${method} ${/command=[a-z-]+/.exec(body)?.[0] ?? ""}`.trim())).toEqual([
      ...["GET", "POST command=ls-refs"],
      "GET",
      ...["GET", "POST command=ls-refs", "POST command=fetch"],
    ])
  })

  test("that only hands out files, without speaking git's protocol, is refused before anything is transferred", async () => {
    await using setting = await serving({
      intercept(request, response) {
        const file = join(
          setting.source.path,
          new URL(request.url!, "http://server").pathname.replace("/repository.git", ""),
        )
        if (existsSync(file)) response.end(readFileSync(file))
        else response.writeHead(404).end()
        return true
      },
    })
    setting.source.git("update-server-info")
    await expect(setting.mirrors().fetch("7", setting.remote)).rejects.toMatchObject({ code: "GIT_NOT_FOUND" })
    expect(setting.server.requests.filter((request) => request.url.includes("/objects/"))).toEqual([])
    expect(leftovers(setting.root)).toEqual([])
  })

  test("that asks for credentials gets the token, and nobody else sees it", async () => {
    const token = "ghp_canary0123456789"
    let seen = ""
    await using setting = await serving({
      credentials: `x-access-token:${token}`,
      intercept() {
        for (const running of runningProcesses()) seen += running.arguments + running.environment
        return false
      },
    })
    const mirrors = setting.mirrors()
    const result = await mirrors.fetch("7", setting.remote, { token })
    expect(result.outcome).toBe("created")
    expect(seen).toContain("ls-remote")
    expect(seen).toContain("fetch")
    expect(seen).not.toContain(token)
    expect(allFiles(setting.root)).not.toContain(token)
    // git answers the challenge itself, through askpass
    expect(
      setting.server.requests.filter((request) => request.method === "POST").every((request) => request.authorization),
    ).toBe(true)

    const refused = await mirrors
      .fetch("8", setting.remote, { token: "wrong-token-value" })
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: "GIT_AUTH", retryable: false })
    expect(JSON.stringify(refused) + String((refused as Error).stack)).not.toContain("wrong-token-value")
    await expect(mirrors.fetch("8", setting.remote)).rejects.toMatchObject({ code: "GIT_AUTH" })
    expect(leftovers(setting.root)).toEqual([])
  })

  test("that does not exist is not found", async () => {
    await using setting = await serving()
    const allow = parseTrustedPrefixes(setting.server.origin)
    const nowhere = parseRemoteUrl(`${setting.server.origin}/nothing.git`, { allow })
    await expect(setting.mirrors().fetch("7", nowhere)).rejects.toMatchObject({
      code: "GIT_NOT_FOUND",
      retryable: false,
    })
    for (const html of ["", "<html>", "<!doctype html>\n<title>Sign in</title>\n<p>a\tb</p>\n"]) {
      await using page = await serving({ intercept: (_, response) => Boolean(response.end(html)) })
      await expect(page.mirrors().fetch("7", page.remote)).rejects.toMatchObject({ code: "GIT_NOT_FOUND" })
    }
  })

  test("that breaks off midway is a network failure, and the mirror of before stays", async () => {
    let cut = false
    await using setting = await serving({
      pack(chunk, response, before) {
        const cuts = cut && before + chunk.length > 5_000
        response.write(cuts ? chunk.subarray(0, 5_000 - before) : chunk)
        if (cuts) response.destroy()
        return !cuts
      },
    })
    const mirrors = setting.mirrors()
    const { tip } = await mirrors.fetch("7", setting.remote)
    setting.source.commit({ from: "refs/heads/main", files: { "c.bin": noise(400_000, 2) } })
    const next = setting.source.write()
    cut = true
    await expect(mirrors.fetch("7", setting.remote)).rejects.toMatchObject({ code: "GIT_NETWORK", retryable: true })
    await expect(mirrors.fetch("8", setting.remote)).rejects.toMatchObject({ code: "GIT_NETWORK", retryable: true })
    expect(await hasCommit((await mirrors.open("7"))!, tip)).toBe(true)
    expect(await mirrors.open("8")).toBeUndefined()
    cut = false
    expect(await mirrors.fetch("7", setting.remote)).toMatchObject({ outcome: "updated", tip: next })
    expect(leftovers(setting.root)).toEqual([])
  })

  test("that answers with an error is a network failure, to be retried if the server says so", async () => {
    let status = 503
    await using setting = await serving({ intercept: (_, response) => Boolean(response.writeHead(status).end()) })
    await expect(setting.mirrors().fetch("7", setting.remote)).rejects.toMatchObject({
      code: "GIT_NETWORK",
      retryable: true,
    })
    // Whoever is overloaded is not asked a second time.
    expect(setting.server.requests).toHaveLength(1)
    status = 418
    await expect(setting.mirrors().fetch("7", setting.remote)).rejects.toMatchObject({
      code: "GIT_NETWORK",
      retryable: false,
    })
  })

  test("that hangs is given up on abort, and no process is left", async () => {
    await using setting = await serving({ pack: () => false })
    const stopping = new AbortController()
    const fetching = setting.mirrors().fetch("7", setting.remote, { signal: stopping.signal })
    await setting.server.requested("/git-upload-pack")
    const started = performance.now()
    stopping.abort(new Error("enough"))
    await expect(fetching).rejects.toMatchObject({ code: "ABORTED" })
    expect(performance.now() - started).toBeLessThan(1_000)
    expect(processesWith(String(setting.server.port))).toEqual([])
    await setting.server.quiet()
    expect(leftovers(setting.root)).toEqual([])
  })

  test("that hangs is given up when the time is over", async () => {
    await using setting = await serving({ pack: () => false })
    const mirrors = setting.mirrors({ limits: { timeoutMs: 300 } })
    await expect(mirrors.fetch("7", setting.remote)).rejects.toMatchObject({ code: "GIT_TIMEOUT", retryable: true })
    expect(processesWith(String(setting.server.port))).toEqual([])
  })

  test.each<[when: string, options: Partial<GitServerOptions>]>([
    ["lists its refs", { intercept: (request, response) => request.method === "GET" && drip(response) }],
    ["answers git's first question", { pack: (_, response) => !drip(response) }],
    [
      "sends the objects",
      {
        pack(chunk, response, before) {
          const cuts = before + chunk.length > 5_000
          response.write(cuts ? chunk.subarray(0, 5_000 - before) : chunk)
          return !cuts || !drip(response)
        },
      },
    ],
    ["does not answer at all", { intercept: () => true }],
  ])("that sends a byte now and then while it %s is given up, and no process is left", async (_, options) => {
    await using setting = await serving(options)
    const mirrors = setting.mirrors({ limits: { lowSpeedBytesPerSecond: 100, lowSpeedSeconds: 1 } })
    const started = performance.now()
    await expect(mirrors.fetch("7", setting.remote)).rejects.toMatchObject({ code: "GIT_TIMEOUT", retryable: true })
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(processesWith(String(setting.server.port))).toEqual([])
    expect(leftovers(setting.root)).toEqual([])
  })

  test("that is larger than allowed is refused", async () => {
    await using setting = await serving()
    const mirrors = setting.mirrors({ limits: { repositoryBytes: 100_000 } })
    await expect(mirrors.fetch("7", setting.remote)).rejects.toMatchObject({
      code: "REPOSITORY_TOO_LARGE",
      retryable: false,
    })
    const few = setting.mirrors({ limits: { refs: 0 } })
    await expect(few.fetch("7", setting.remote)).rejects.toMatchObject({ code: "REPOSITORY_TOO_LARGE" })
    expect(leftovers(setting.root)).toEqual([])
  })
})

describe("redirects", () => {
  test("within a trusted server are followed, and git is sent to where they lead", async () => {
    await using setting = await serving({
      intercept(request, response) {
        if (!request.url!.startsWith("/old/")) return false
        response.writeHead(301, { location: request.url!.replace("/old/", "/") }).end()
        return true
      },
    })
    const allow = parseTrustedPrefixes(setting.server.origin)
    const old = parseRemoteUrl(`${setting.server.origin}/old/repository.git`, { allow })
    expect(await setting.mirrors().fetch("7", old)).toMatchObject({ outcome: "created", url: setting.remote.url })
  })

  test("to a private address or a file are not followed", async () => {
    await using other = await serving()
    for (const location of [
      `${other.server.origin}/repository.git/info/refs`,
      "file:///etc/info/refs",
      "http://169.254.169.254/info/refs",
    ]) {
      await using setting = await serving({
        intercept: (_, response) => Boolean(response.writeHead(302, { location }).end()),
      })
      await expect(setting.mirrors().fetch("7", setting.remote)).rejects.toMatchObject({ code: "GIT_REDIRECT" })
    }
    expect(other.server.requests).toEqual([])
  })

  test("to another trusted server do not take the token along", async () => {
    await using other = await serving()
    await using setting = await serving({
      intercept: (request, response) =>
        Boolean(response.writeHead(302, { location: `${other.server.origin}${request.url}` }).end()),
    })
    const allow = parseTrustedPrefixes(`${setting.server.origin},${other.server.origin}`)
    const mirrors = setting.mirrors({ allow })
    expect(await mirrors.fetch("7", setting.remote, { token: "canary-token-value" })).toMatchObject({
      url: other.remote.url,
    })
    expect(setting.server.requests.some((request) => request.authorization)).toBe(true)
    expect(other.server.requests.length).toBeGreaterThan(1)
    expect(other.server.requests.filter((request) => request.authorization)).toEqual([])
  })

  test("that only git meets are not followed", async () => {
    await using other = await serving()
    await using setting = await serving({
      // Our own question gets a good answer, git's another one.
      intercept(request, response) {
        if (request.headers["user-agent"]!.includes("assay")) return false
        response.writeHead(302, { location: `${other.server.origin}${request.url}` }).end()
        return true
      },
    })
    await expect(setting.mirrors().fetch("7", setting.remote)).rejects.toMatchObject({ code: "GIT_REDIRECT" })
    expect(other.server.requests).toEqual([])
  })

  test("that begin once git has listed the refs are not followed", async () => {
    for (const metBy of ["assay", "git/"]) {
      await using other = await serving()
      let listed = 0
      await using setting = await serving({
        intercept(request, response) {
          const agent = request.headers["user-agent"]!
          if (request.method === "GET" && !agent.includes("assay")) listed++
          if (listed < (metBy === "assay" ? 1 : 2) || !agent.includes(metBy) || request.method === "POST") return false
          response.writeHead(302, { location: `${other.server.origin}${request.url}` }).end()
          return true
        },
      })
      const mirrors = setting.mirrors({ allow: [...setting.allow, ...other.allow] })
      await expect(mirrors.fetch("7", setting.remote)).rejects.toMatchObject({ code: "GIT_REDIRECT" })
      expect(other.server.requests.filter((request) => request.method === "POST")).toEqual([])
      expect(leftovers(setting.root)).toEqual([])
    }
  })

  test("are not remembered", async () => {
    let moved = true
    await using setting = await serving({
      intercept(request, response) {
        if (!request.url!.startsWith("/old/")) return false
        const path = request.url!.replace("/old/", "/")
        if (moved) response.writeHead(301, { location: path }).end()
        else request.url = path
        return moved
      },
    })
    const old = parseRemoteUrl(`${setting.server.origin}/old/repository.git`, { allow: setting.allow })
    const mirrors = setting.mirrors()
    expect(await mirrors.fetch("7", old)).toMatchObject({ outcome: "created", url: setting.remote.url })
    moved = false
    setting.server.requests.length = 0
    expect(await mirrors.fetch("7", old)).toMatchObject({ outcome: "unchanged", url: old.url })
    expect(setting.server.requests).toHaveLength(2)
  })

  test("are followed only to where each hop's addresses are public", async () => {
    await using setting = await serving({
      hostname: "trusted.invalid",
      intercept: (request, response) =>
        Boolean(response.writeHead(302, { location: `https://inside.invalid${request.url}` }).end()),
    })
    const asked: string[] = []
    const mirrors = setting.mirrors({
      resolver: async (hostname) => {
        asked.push(hostname)
        return ["127.0.0.1"]
      },
    })
    await expect(mirrors.fetch("7", setting.remote)).rejects.toMatchObject({ code: "GIT_ADDRESS_REFUSED" })
    expect(asked).toContain("inside.invalid")
  })

  test("without end are given up", async () => {
    await using setting = await serving({
      intercept: (request, response) => Boolean(response.writeHead(302, { location: request.url! }).end()),
    })
    await expect(setting.mirrors().fetch("7", setting.remote)).rejects.toMatchObject({ code: "GIT_REDIRECT" })
    // Once by git, and by us as often as we follow.
    expect(setting.server.requests).toHaveLength(5)
  })
})

describe("addresses", () => {
  test("git goes to the checked address, whatever the name means by then", async () => {
    await using setting = await serving()
    // A name that no resolver of this machine knows: only the pin can lead git there.
    const allow = parseTrustedPrefixes(`http://git.pinned.invalid:${setting.server.port}/`)
    const remote = parseRemoteUrl(`http://git.pinned.invalid:${setting.server.port}/repository.git`, { allow })
    const mirrors = setting.mirrors({ allow, resolver: async () => ["127.0.0.1"] })
    expect(await mirrors.fetch("7", remote)).toMatchObject({ outcome: "created" })
  })

  test("that are private are refused before anything is sent, for each answer of the resolver", async () => {
    await using setting = await serving()
    const remote = parseRemoteUrl("https://example.org/a/b.git")
    for (const addresses of [
      ["10.1.2.3"],
      ["93.184.216.34", "127.0.0.1"],
      ["::ffff:127.0.0.1"],
      ["fd00::1"],
      ["169.254.169.254"],
      ["64:ff9b::a00:1"],
    ]) {
      const mirrors = setting.mirrors({ resolver: async () => addresses })
      await expect(mirrors.fetch("7", remote)).rejects.toMatchObject({ code: "GIT_ADDRESS_REFUSED", retryable: false })
    }
    for (const host of ["0177.0.0.1", "0x7f000001", "2130706433", "[::1]", "[::ffff:7f00:1]"]) {
      await expect(setting.mirrors().fetch("7", parseRemoteUrl(`https://${host}/a/b`))).rejects.toMatchObject({
        code: "GIT_ADDRESS_REFUSED",
      })
    }
    const unknown = setting.mirrors({ resolver: () => Promise.reject(new Error("no such name")) })
    await expect(unknown.fetch("7", remote)).rejects.toMatchObject({ code: "GIT_NETWORK", retryable: true })
  })
})
