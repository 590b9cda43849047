import { inspect } from "node:util"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { GitError } from "../../src/errors.js"
import type { Mirrors, MirrorsOptions } from "../../src/mirror/mirrors.js"
import { createGit } from "../../src/process/git.js"
import { certificateAuthority } from "../helpers/certificates.js"
import type { CertificateAuthority } from "../helpers/certificates.js"
import { noise } from "../helpers/create-repository.js"
import { runningProcesses } from "../helpers/processes.js"
import { allFiles, leftovers, serving } from "../helpers/serving.js"
import type { Serving, ServingOptions } from "../helpers/serving.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

// No resolver of this machine knows these names: only the pinned address can lead git there.
const hostname = "git.pinned.invalid"
const otherName = "other.pinned.invalid"

let authority: CertificateAuthority
let stranger: CertificateAuthority

beforeAll(async () => {
  authority = await certificateAuthority()
  stranger = await certificateAuthority()
})

afterAll(async () => {
  await authority[Symbol.asyncDispose]()
  await stranger[Symbol.asyncDispose]()
})

const secure = (options: ServingOptions = {}): Promise<Serving> =>
  serving({ hostname, certificate: authority.issue([options.hostname ?? hostname]), ...options })

const mirrorsOf = (setting: Serving, options: Partial<MirrorsOptions> = {}): Mirrors =>
  setting.mirrors({ caFile: authority.caFile, resolver: async () => ["127.0.0.1"], ...options })

describe("a remote over https", () => {
  test("is fetched from the checked address and brought up to date", async () => {
    await using setting = await secure()
    const mirrors = mirrorsOf(setting)
    expect(setting.remote.url).toMatch(/^https:\/\/git\.pinned\.invalid:\d+\/repository\.git$/)
    expect(await mirrors.fetch("7", setting.remote)).toMatchObject({
      outcome: "created",
      url: setting.remote.url,
      tip: setting.source.git("rev-parse", "main"),
    })
    expect(await mirrors.fetch("7", setting.remote)).toMatchObject({ outcome: "unchanged" })
    setting.source.commit({ from: "refs/heads/main", files: { "c.bin": noise(10_000, 2) } })
    const tip = setting.source.write()
    expect(await mirrors.fetch("7", setting.remote)).toMatchObject({ outcome: "updated", tip })
    expect(leftovers(setting.root)).toEqual([])
  })

  test("whose certificate is for another host, expired, or of a strange authority is refused, and no token goes there", async () => {
    const token = "canary-token-value"
    for (const [certificate, caFile] of [
      [authority.issue(["somebody.else.invalid"]), authority.caFile],
      [authority.issue([hostname], { expired: true }), authority.caFile],
      [stranger.issue([hostname]), authority.caFile],
      [authority.issue([hostname]), stranger.caFile],
      [authority.issue([hostname]), undefined],
    ] as const) {
      await using setting = await secure({ certificate })
      const mirrors = setting.mirrors({
        resolver: async () => ["127.0.0.1"],
        ...(caFile === undefined ? {} : { caFile }),
      })
      const error = await mirrors.fetch("7", setting.remote, { token }).then(
        () => undefined,
        (caught: unknown) => caught as GitError,
      )
      expect(error).toMatchObject({
        code: "GIT_NETWORK",
        retryable: false,
        message: `The certificate of ${setting.remote.url} cannot be verified.`,
        hint: expect.stringContaining("ASSAY_GIT_CA_FILE"),
      })
      expect(inspect(error, { depth: 8 })).not.toContain(token)
      expect(`${error?.message} ${error?.hint} ${error?.stderr}`).not.toContain(caFile ?? "/etc")
      expect(setting.server.requests).toEqual([])
      expect(leftovers(setting.root)).toEqual([])
    }
  })

  test("whose certificate git itself refuses is described in the same way", async () => {
    await using setting = await secure()
    await using folder = await temporaryFolder()
    const git = createGit({ folder: folder.path, caFile: stranger.caFile })
    const asking = git.run(["ls-remote", "--end-of-options", setting.remote.url], {
      remote: { protocol: "https" },
      settings: [`http.curloptResolve=${hostname}:${setting.server.port}:127.0.0.1`],
      subject: setting.remote.url,
    })
    await expect(asking).rejects.toMatchObject({
      code: "GIT_NETWORK",
      retryable: false,
      message: `The certificate of ${setting.remote.url} cannot be verified.`,
      stderr: expect.not.stringContaining(stranger.caFile),
    })
    expect(setting.server.requests).toEqual([])
  })

  test("that is private gets the token, which no process, file, result or error shows", async () => {
    const token = "canary-token-value"
    let seen = ""
    await using setting = await secure({
      credentials: `x-access-token:${token}`,
      intercept() {
        for (const running of runningProcesses()) seen += running.arguments + running.environment
        return false
      },
    })
    const mirrors = mirrorsOf(setting)
    const result = await mirrors.fetch("7", setting.remote, { token })
    expect(result.outcome).toBe("created")
    expect(seen).toContain("ls-remote")
    expect(seen).toContain("fetch")
    const refused = await mirrors
      .fetch("8", setting.remote, { token: `${token}-of-yesterday` })
      .catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: "GIT_AUTH", retryable: false })
    await expect(mirrors.fetch("8", setting.remote)).rejects.toMatchObject({ code: "GIT_AUTH" })
    for (const text of [seen, allFiles(setting.root), inspect(result, { depth: 8 }), inspect(refused, { depth: 8 })]) {
      expect(text).not.toContain(token)
      expect(text).not.toContain(Buffer.from(`x-access-token:${token}`).toString("base64"))
    }
  })

  test("that redirects to another host does not get the token sent there", async () => {
    await using other = await secure({ hostname: otherName })
    await using setting = await secure({
      intercept: (request, response) =>
        Boolean(response.writeHead(302, { location: other.remote.url.replace("/repository.git", request.url!) }).end()),
    })
    const mirrors = mirrorsOf(setting, { allow: [...setting.allow, ...other.allow] })
    expect(await mirrors.fetch("7", setting.remote, { token: "canary-token-value" })).toMatchObject({
      url: other.remote.url,
    })
    expect(other.server.requests.length).toBeGreaterThan(1)
    expect(other.server.requests.filter((request) => request.authorization)).toEqual([])
  })

  test("that redirects to a host which demands credentials does not get the token sent there either", async () => {
    await using other = await secure({ hostname: otherName, credentials: "x-access-token:canary-token-value" })
    await using setting = await secure({
      intercept: (request, response) =>
        Boolean(response.writeHead(302, { location: other.remote.url.replace("/repository.git", request.url!) }).end()),
    })
    const mirrors = mirrorsOf(setting, { allow: [...setting.allow, ...other.allow] })
    await expect(mirrors.fetch("7", setting.remote, { token: "canary-token-value" })).rejects.toMatchObject({
      code: "GIT_AUTH",
    })
    expect(other.server.requests.filter((request) => request.authorization)).toEqual([])
  })

  test("that redirects to plain http is not followed there", async () => {
    await using other = await serving()
    await using setting = await secure({
      intercept: (request, response) =>
        Boolean(response.writeHead(302, { location: other.server.origin + request.url! }).end()),
    })
    await expect(mirrorsOf(setting).fetch("7", setting.remote)).rejects.toMatchObject({ code: "GIT_REDIRECT" })
    expect(other.server.requests).toEqual([])
  })
})
