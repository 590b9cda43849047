import { mkdir, symlink } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { describe, expect, test } from "vitest"
import { GitError } from "../../src/errors.js"
import type { RefusedBecause } from "../../src/errors.js"
import { parseRemoteUrl } from "../../src/remote/remote-url.js"
import { parseTrustedPrefixes } from "../../src/remote/trusted-prefix.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

describe("the URL of a repository", () => {
  test.each([
    ["https://github.com/Owner/Repo", "https://github.com/Owner/Repo", "https://github.com/owner/repo"],
    ["https://github.com/owner/repo.git", "https://github.com/owner/repo.git", "https://github.com/owner/repo"],
    ["  https://GitHub.com:443/owner/repo/ ", "https://github.com/owner/repo", "https://github.com/owner/repo"],
    ["owner/repo", "https://github.com/owner/repo.git", "https://github.com/owner/repo"],
    ["owner/repo.git", "https://github.com/owner/repo.git", "https://github.com/owner/repo"],
    [
      "https://git.example.org/Group/Sub/Repo",
      "https://git.example.org/Group/Sub/Repo",
      "https://git.example.org/Group/Sub/Repo",
    ],
    ["https://git.example.org/a/../b//c", "https://git.example.org/b/c", "https://git.example.org/b/c"],
  ])("%s becomes %s, with the key %s", (text, url, key) => {
    expect(parseRemoteUrl(text)).toMatchObject({ url, key, trusted: false, protocol: "https", port: 443 })
  })

  test.each<[text: string, why: RefusedBecause]>([
    ["", "syntax"],
    ["repo", "syntax"],
    ["https://github.com", "syntax"],
    ["https://github.com/", "syntax"],
    [`https://example.org/${"a".repeat(3_000)}`, "syntax"],
    ["--upload-pack=touch x", "unsafe"],
    ["-u/x", "unsafe"],
    ["https://github.com/a/b\n--x", "unsafe"],
    ["https://github.com/a%2f..%2fb", "unsafe"],
    ["https://github.com/a%0ab/c", "unsafe"],
    ["https://github.com/%zz/c", "unsafe"],
    ["https://user:secret@github.com/a/b", "credentials"],
    ["https://ghp_token@github.com/a/b", "credentials"],
    ["https://github.com/a/b?x=1", "query"],
    ["https://github.com/a/b#readme", "query"],
    ["git@github.com:owner/repo.git", "ssh"],
    ["github.com:owner/repo.git", "ssh"],
    ["ssh://git@github.com:22/owner/repo", "ssh"],
    ["ext::sh -c touch% x", "scheme"],
    ["fd::7", "scheme"],
    ["ftp://example.org/a/b", "scheme"],
    ["git://example.org/a/b", "scheme"],
    ["http://example.org/a/b", "scheme"],
    ["javascript:alert(1)", "scheme"],
    ["https://example.org:8443/a/b", "port"],
    ["file:///srv/repos/a", "local"],
    ["/srv/repos/a", "local"],
    ["./a", "local"],
    ["../a", "local"],
  ])("%j is refused: %s", (text, why) => {
    const error = refusalOf(() => parseRemoteUrl(text))
    expect(error).toMatchObject({ code: "GIT_URL_REFUSED", why, retryable: false })
    expect(error.message + error.hint).not.toMatch(/secret|ghp_token/)
  })

  test("of an ssh remote is refused with the https form of it", () => {
    expect(refusalOf(() => parseRemoteUrl("git@github.com:owner/repo.git")).hint).toContain(
      "https://github.com/owner/repo.git",
    )
    expect(refusalOf(() => parseRemoteUrl("ssh://git@git.example.org:2222/a/b")).hint).toContain(
      "https://git.example.org/a/b",
    )
  })
})

describe("what the operator trusts", () => {
  const allow = parseTrustedPrefixes("http://git.internal/team, https://git.internal:8443/")

  test.each([
    ["http://git.internal/team/a", true],
    ["http://git.internal/team", true],
    ["https://git.internal:8443/a", true],
    ["http://git.internal/teamwork/a", false],
    ["http://git.internal/team/../other/a", false],
    ["http://git.internal/team/%2e%2e/other", false],
    ["http://git.internal:81/team/a", false],
    ["http://git.internal.example.org/team/a", false],
    ["https://git.internal:8444/a", false],
  ])("covers %s: %s", (text, covered) => {
    if (covered) expect(parseRemoteUrl(text, { allow })).toMatchObject({ trusted: true })
    else expect(refusalOf(() => parseRemoteUrl(text, { allow })).code).toBe("GIT_URL_REFUSED")
  })

  test("covers files below a folder, and not what links lead to outside of it", async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, "repos/inside"), { recursive: true })
    await mkdir(join(folder.path, "secret"))
    await symlink(join(folder.path, "secret"), join(folder.path, "repos/link"))
    const url = pathToFileURL(folder.path).href
    const files = parseTrustedPrefixes(`${url}/repos/`)
    expect(parseRemoteUrl(`${url}/repos/inside`, { allow: files })).toMatchObject({
      protocol: "file",
      trusted: true,
      name: "inside",
    })
    expect(parseRemoteUrl(`${url}/repos/not-there-yet`, { allow: files })).toMatchObject({ trusted: true })
    for (const path of ["repos/link", "repos/../secret", "repos/%2e%2e/secret", "repos-of-others", "secret"]) {
      expect(refusalOf(() => parseRemoteUrl(`${url}/${path}`, { allow: files })).why).toMatch(/local|unsafe/)
    }
    expect(refusalOf(() => parseRemoteUrl(`file://server${folder.path}/repos/inside`, { allow: files })).code).toBe(
      "GIT_URL_REFUSED",
    )
  })

  test("on the command line are paths, any port and plain http, but never credentials or helpers", async () => {
    await using folder = await temporaryFolder()
    expect(parseRemoteUrl(folder.path, { trusted: true })).toMatchObject({ protocol: "file", trusted: true })
    expect(parseRemoteUrl(".", { trusted: true }).url).toBe(pathToFileURL(process.cwd()).href)
    expect(parseRemoteUrl("http://127.0.0.1:3000/a.git", { trusted: true })).toMatchObject({
      port: 3000,
      trusted: true,
    })
    expect(parseRemoteUrl("owner/repo", { trusted: true }).url).toBe("https://github.com/owner/repo.git")
    expect(refusalOf(() => parseRemoteUrl("https://a:b@example.org/x/y", { trusted: true })).why).toBe("credentials")
    expect(refusalOf(() => parseRemoteUrl("ext::sh", { trusted: true })).why).toBe("scheme")
    expect(refusalOf(() => parseRemoteUrl("--x", { trusted: true })).why).toBe("unsafe")
  })

  test.each([
    "git.internal",
    "ssh://git.internal/",
    "https://user@git.internal/",
    "file://server/srv",
    "https://git.internal/?x",
  ])("cannot be said as %j", (list) => expect(() => parseTrustedPrefixes(list)).toThrow(TypeError))
})

function refusalOf(parse: () => unknown): GitError {
  try {
    parse()
  } catch (error) {
    if (GitError.isInstance(error)) return error
    throw error
  }
  throw new Error("It was not refused.")
}
