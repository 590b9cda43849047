import { existsSync, readdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { parseRemoteUrl } from "../../src/remote/remote-url.js"
import { advertise } from "../helpers/advertise.js"
import { createRepository } from "../helpers/create-repository.js"
import type { GitServerOptions } from "../helpers/git-server.js"
import { linearHistory } from "../helpers/scenarios.js"
import { allFiles, leftovers, serving } from "../helpers/serving.js"

describe("a remote", () => {
  test("without a commit is empty, and a mirror of what it had before stays", async () => {
    await using empty = await serving({ source: await createRepository() })
    await expect(empty.mirrors().fetch("7", empty.remote)).rejects.toMatchObject({
      code: "REPOSITORY_EMPTY",
      retryable: false,
    })
    expect(await empty.mirrors().open("7")).toBeUndefined()

    await using setting = await serving()
    const mirrors = setting.mirrors()
    await mirrors.fetch("7", setting.remote)
    setting.source.git("update-ref", "-d", "refs/heads/main")
    await expect(mirrors.fetch("7", setting.remote)).rejects.toMatchObject({ code: "REPOSITORY_EMPTY" })
    expect(await mirrors.open("7")).toBeDefined()
  })

  test("that is a shallow clone is refused, whether there is a mirror or not", async () => {
    await using setting = await serving({ source: await linearHistory() })
    const shallow = join(dirname(setting.source.path), "shallow.git")
    setting.source.git("clone", "--quiet", "--bare", "--depth=2", setting.source.url, shallow)
    const remote = parseRemoteUrl(`${setting.server.origin}/shallow.git`, { allow: setting.allow })
    const mirrors = setting.mirrors()
    const refused = { code: "GIT_URL_REFUSED", why: "shallow", retryable: false, hint: /unshallow/ }
    await expect(mirrors.fetch("7", remote)).rejects.toMatchObject({
      ...refused,
      hint: expect.stringMatching(refused.hint),
    })
    expect(await mirrors.open("7")).toBeUndefined()
    expect(leftovers(setting.root)).toEqual([])

    const { tip } = await mirrors.fetch("8", setting.remote)
    setting.source.commit({ from: "refs/heads/main", files: { "new.txt": "new\n" } })
    const next = setting.source.write()
    setting.source.git("--git-dir", shallow, "fetch", "--quiet", "--depth=1", setting.source.url, "+main:main")
    await expect(mirrors.fetch("8", remote)).rejects.toMatchObject({ code: "GIT_URL_REFUSED", why: "shallow" })
    expect(existsSync(join((await mirrors.open("8"))!.path, "shallow"))).toBe(false)
    expect(tip).not.toBe(next)
    expect(await mirrors.fetch("8", setting.remote)).toMatchObject({ tip: next })
  })

  test.each([
    ["a branch that is not there", "refs/heads/unborn"],
    ["nothing below refs/heads", "refs/pull/1/head"],
  ])("whose HEAD names %s is analysed on main", async (_, head) => {
    await using setting = await serving()
    setting.source.git("update-ref", "refs/heads/another", "main")
    if (head === "refs/pull/1/head") setting.source.git("update-ref", head, "main")
    setting.source.git("symbolic-ref", "HEAD", head)
    expect(await setting.mirrors().fetch("7", setting.remote)).toMatchObject({ outcome: "created", branch: "main" })
  })

  test("that lists refs with names that are paths is fetched without them", async () => {
    const options: Partial<GitServerOptions> = {}
    await using setting = await serving({ intercept: (request, response) => options.intercept!(request, response) })
    const tip = setting.source.git("rev-parse", "main")
    const wicked = [
      "refs/heads/../../x",
      "refs/heads/../../config",
      "refs/heads/..",
      "refs/heads/.hidden",
      "refs/heads/a.lock",
      "refs/heads/a//b",
      "refs/heads/a\tb",
      "refs/heads/\u001b[31m",
      "refs/heads/@{1}",
      "refs/tags/../heads/y",
      "refs/heads/main/../../../hooks/post-checkout",
    ]
    options.intercept = advertise({
      head: "refs/heads/../../x",
      refs: [["HEAD", tip], ...["refs/heads/main", ...wicked].sort().map((name) => [name, tip] as const)],
    })
    const { mirror, ...result } = await setting.mirrors().fetch("7", setting.remote)
    expect(result).toMatchObject({ outcome: "created", branch: "main", tip })
    const { output } = await mirror.git.run(["for-each-ref", "--format=%(refname)"], { repository: mirror })
    expect(output.toString()).toBe("refs/heads/main\n")
    for (const path of [setting.root, join(setting.root, "mirrors"), mirror.path]) {
      expect(readdirSync(path)).not.toContain("x")
    }
    expect(allFiles(join(setting.root, "mirrors"))).not.toContain("post-checkout")
    expect(await setting.mirrors().fetch("7", setting.remote)).toMatchObject({ outcome: "unchanged" })
  })

  test("that lists a ref with a line break in its name is refused", async () => {
    await using setting = await serving()
    const tip = setting.source.git("rev-parse", "main")
    for (const name of ["refs/heads/a\nb", `refs/heads/a\n${tip}\trefs/heads/b`, `refs/heads/a\n@refs/heads/b HEAD`]) {
      const options = {
        intercept: advertise({
          refs: [
            [name, tip],
            ["refs/heads/main", tip],
          ],
        }),
      }
      await using hostile = await serving(options)
      await expect(hostile.mirrors().fetch("7", hostile.remote)).rejects.toMatchObject({ code: "GIT_FAILED" })
      expect(leftovers(hostile.root)).toEqual([])
    }
  })

  test("that only lists refs with impossible names is empty", async () => {
    await using setting = await serving({
      intercept: advertise({ head: "refs/heads/../../x", refs: [["refs/heads/../../x", "1".repeat(40)]] }),
    })
    await expect(setting.mirrors().fetch("7", setting.remote)).rejects.toMatchObject({ code: "REPOSITORY_EMPTY" })
  })

  test("that lists an object which it does not have is not mirrored", async () => {
    await using setting = await serving({
      intercept: advertise({ head: "refs/heads/main", refs: [["refs/heads/main", "1".repeat(40)]] }),
    })
    await expect(setting.mirrors().fetch("7", setting.remote)).rejects.toMatchObject({
      code: expect.stringMatching(/^GIT_/),
    })
    expect(await setting.mirrors().open("7")).toBeUndefined()
    expect(leftovers(setting.root)).toEqual([])
  })

  test("with more refs than allowed is refused before anything is transferred", async () => {
    const refs = Array.from({ length: 60_000 }, (_, index) => [`refs/heads/b${index}`, "1".repeat(40)] as const)
    await using setting = await serving({ intercept: advertise({ refs }) })
    await expect(setting.mirrors().fetch("7", setting.remote)).rejects.toMatchObject({
      code: "REPOSITORY_TOO_LARGE",
      retryable: false,
      message: expect.stringContaining("50000"),
    })
    expect(setting.server.requests).toHaveLength(1)
  })

  test("whose list of refs does not end is stopped at the limit on its length", async () => {
    const refs = Array.from(
      { length: 1_000 },
      (_, index) => [`refs/heads/${"x".repeat(900)}${index}`, "1".repeat(40)] as const,
    )
    await using setting = await serving({ intercept: advertise({ refs }) })
    await expect(setting.mirrors({ limits: { refs: 1_000 } }).fetch("7", setting.remote)).rejects.toMatchObject({
      code: "REPOSITORY_TOO_LARGE",
    })
  })
})
