import { gzipSync } from "node:zlib"
import { describe, expect, test } from "vitest"
import { sizeOf } from "../../src/mirror/size-watchdog.js"
import { createAddressGuard } from "../../src/remote/address-guard.js"
import { parseRemoteUrl } from "../../src/remote/remote-url.js"
import { parseTrustedPrefixes } from "../../src/remote/trusted-prefix.js"
import { advertise, packet } from "../helpers/advertise.js"
import { processesWith } from "../helpers/processes.js"
import { leftovers, serving } from "../helpers/serving.js"
import { watchChildren } from "../helpers/watch-children.js"

const megabyte = 1024 ** 2
const memoryBytes = 400 * megabyte
const oid = "1".repeat(40)

const lines = Buffer.concat(Array.from({ length: 1_000 }, (_, index) => packet(`${oid} refs/heads/branch-${index}\n`)))

describe("a server", () => {
  test.each(["0", "2"])(
    "that never stops listing refs, by version %s of the protocol, is stopped by us",
    async (version) => {
      let sent = 0
      await using setting = await serving({
        intercept(request, response) {
          if (version === "2" && request.method === "GET") return false
          request.resume()
          const kind = request.method === "GET" ? "advertisement" : "result"
          response.writeHead(200, { "content-type": `application/x-git-upload-pack-${kind}` })
          if (version === "0") response.write(`${packet("# service=git-upload-pack\n").toString()}0000`)
          if (version === "0") response.write(packet(`${oid} refs/heads/a\0side-band-64k object-format=sha1\n`))
          const more = (): void => {
            while (!response.destroyed) {
              sent += lines.length
              if (!response.write(lines)) break
            }
          }
          response.on("drain", more)
          more()
          return true
        },
      })
      using watch = watchChildren()
      const started = performance.now()
      const mirrors = setting.mirrors({ memoryBytes, limits: { timeoutMs: 60_000 } })
      await expect(mirrors.fetch("7", setting.remote)).rejects.toMatchObject({
        code: "REPOSITORY_TOO_LARGE",
        retryable: false,
      })
      expect(performance.now() - started).toBeLessThan(60_000)
      expect(watch.peakBytes).toBeLessThan(memoryBytes + 10 * megabyte)
      expect(sent).toBeLessThan(2_000 * megabyte)
      expect(processesWith(String(setting.server.port))).toEqual([])
      expect(leftovers(setting.root)).toEqual([])
      expect((await sizeOf(setting.root)).bytes).toBeLessThan(megabyte)
    },
    90_000,
  )

  test("whose few kilobytes unpack to gigabytes of refs is stopped at git's memory", async () => {
    const line = packet(`${oid} refs/heads/${"x".repeat(900)}\n`)
    const bomb = gzipSync(Buffer.alloc(800 * megabyte, line))
    await using setting = await serving({
      intercept(_request, response) {
        response
          .writeHead(200, {
            "content-type": "application/x-git-upload-pack-advertisement",
            "content-encoding": "gzip",
          })
          .end(bomb)
        return true
      },
    })
    using watch = watchChildren()
    const started = performance.now()
    await expect(setting.mirrors({ memoryBytes }).fetch("7", setting.remote)).rejects.toMatchObject({
      code: expect.stringMatching(/^(REPOSITORY_TOO_LARGE|GIT_)/),
    })
    expect(performance.now() - started).toBeLessThan(20_000)
    expect(watch.peakBytes).toBeLessThan(memoryBytes + 10 * megabyte)
    expect(leftovers(setting.root)).toEqual([])
  }, 60_000)

  test("that offers bundles, packs elsewhere, or to send objects later is not taken up on it", async () => {
    await using elsewhere = await serving()
    const offers = ["bundle-uri", `promisor-remote=name=o,url=${elsewhere.server.origin}/repository.git`]
    await using setting = await serving({
      intercept(request, response) {
        if (request.method !== "GET") return false
        response.writeHead(200, { "content-type": "application/x-git-upload-pack-advertisement" })
        const abilities = ["version 2", "agent=git/2", "ls-refs=unborn", "fetch=shallow wait-for-done packfile-uris"]
        const list = [...abilities, "object-format=sha1", ...offers].map((ability) => packet(`${ability}\n`))
        response.end(
          Buffer.concat([packet("# service=git-upload-pack\n"), Buffer.from("0000"), ...list, Buffer.from("0000")]),
        )
        return true
      },
    })
    expect(await setting.mirrors().fetch("7", setting.remote)).toMatchObject({ outcome: "created" })
    const said = setting.server.requests.map(({ body }) => body).join("\n")
    expect(said).toContain("command=fetch")
    expect(said).not.toMatch(/packfile-uris|bundle-uri|promisor-remote/)
    expect(elsewhere.server.requests).toEqual([])
  })

  test("whose name means something else at every question is reached where it was checked, and refused where it is private", async () => {
    const name = "rebinding.invalid"
    const answers = (...list: string[]): (() => Promise<string[]>) => {
      let asked = 0
      return async () => [list[Math.min(asked++, list.length - 1)]!]
    }
    const guard = createAddressGuard(answers("93.184.216.34", "127.0.0.1"))
    const remote = parseRemoteUrl(`https://${name}/repository.git`)
    expect(await guard.check(remote)).toEqual(["93.184.216.34"])
    await expect(guard.check(remote)).rejects.toMatchObject({ code: "GIT_ADDRESS_REFUSED" })

    await using setting = await serving()
    const allow = parseTrustedPrefixes(`http://${name}:${setting.server.port}/`)
    const trusted = parseRemoteUrl(`http://${name}:${setting.server.port}/repository.git`, { allow })
    // Git itself would have asked again and gone to the second answer, where nobody is.
    const mirrors = setting.mirrors({ allow, resolver: answers("127.0.0.1", "127.0.0.2") })
    await expect(mirrors.fetch("7", trusted)).rejects.toMatchObject({ code: "GIT_NETWORK" })
    expect(setting.server.requests.map(({ agent }) => agent.includes("assay"))).toEqual([false, false])
    expect(leftovers(setting.root)).toEqual([])
  })

  test("that lists more refs to the fetch than to the question before it makes no more files than it may", async () => {
    let tip = ""
    let lists = 0
    await using setting = await serving({
      intercept(request, response) {
        if (request.method !== "GET") return false
        const many = lists++ === 0 ? 0 : 60_000
        const refs = [
          ["refs/heads/main", tip] as const,
          ...Array.from(
            { length: many },
            (_, index) => [`refs/heads/n${String(index).padStart(6, "0")}`, tip] as const,
          ),
        ]
        return advertise({ head: "refs/heads/main", refs })(request, response)
      },
    })
    tip = setting.source.git("rev-parse", "main")
    const mirrors = setting.mirrors({ limits: { refs: 1_000 } })
    const started = performance.now()
    await expect(mirrors.fetch("7", setting.remote)).rejects.toMatchObject({ code: "REPOSITORY_TOO_LARGE" })
    expect(performance.now() - started).toBeLessThan(60_000)
    expect(leftovers(setting.root)).toEqual([])
    expect((await sizeOf(setting.root)).entries).toBeLessThan(100)
  }, 90_000)
})
