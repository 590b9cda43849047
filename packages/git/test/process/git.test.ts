import { describe, expect, test } from "vitest"
import { GitError } from "../../src/errors.js"
import { checkGitVersion, parseGitVersion } from "../../src/process/git-version.js"
import { createGit } from "../../src/process/git.js"
import type { Git } from "../../src/process/git.js"
import { redact } from "../../src/process/redact.js"
import { createRepository, lines, noise } from "../helpers/create-repository.js"
import type { TestRepository } from "../helpers/create-repository.js"
import { processesWith } from "../helpers/processes.js"
import { temporaryFolder } from "../helpers/temporary-folder.js"

async function setUp(
  options: { memoryBytes?: number } = {},
): Promise<{ git: Git; source: TestRepository; repository: { path: string; objectFormat: "sha1" } } & AsyncDisposable> {
  const folder = await temporaryFolder()
  const source = await createRepository()
  source.commit({ files: { "a.txt": lines(50), "large.bin": noise(3_000_000, 3) } })
  source.write()
  return {
    git: createGit({ folder: folder.path, ...options }),
    source,
    repository: { path: source.path, objectFormat: "sha1" },
    async [Symbol.asyncDispose]() {
      await source[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

describe("git", () => {
  test("gets our environment and nothing of the caller's", async () => {
    await using setting = await setUp()
    process.env["GIT_DIR"] = "/nowhere"
    process.env["GIT_AUTHOR_NAME"] = "Somebody"
    try {
      const { output } = await setting.git.run(["var", "-l"], { repository: setting.repository })
      const text = output.toString()
      expect(text).not.toContain("Somebody")
      expect(text).toContain("core.hookspath=/dev/null")
      expect(text).toContain("protocol.allow=never")
      expect(text).toContain("http.followredirects=false")
    } finally {
      delete process.env["GIT_DIR"]
      delete process.env["GIT_AUTHOR_NAME"]
    }
  })

  test("may not go to remotes of other kinds, nor to any without being told", async () => {
    await using setting = await setUp()
    const { git, source } = setting
    for (const url of [
      source.url,
      source.path,
      "ext::sh -c true",
      "ssh://127.0.0.1/x",
      "https://127.0.0.1:1/x",
      "git://127.0.0.1/x",
    ]) {
      await expect(git.run(["ls-remote", "--end-of-options", url])).rejects.toBeInstanceOf(GitError)
    }
    await expect(
      git.run(["ls-remote", "--end-of-options", source.url], { remote: { protocol: "https" } }),
    ).rejects.toMatchObject({
      stderr: expect.stringContaining("not allowed"),
    })
  })

  test("that fails says so after its last output", async () => {
    await using setting = await setUp()
    const { git, repository } = setting
    await expect(git.run(["rev-parse", "--verify", "nothing"], { repository })).rejects.toMatchObject({
      code: "GIT_FAILED",
      exitCode: 128,
    })
    const seen: string[] = []
    const reading = (async () => {
      const input = [`${setting.source.git("rev-parse", "main")}\n`, "nonsense\n"]
      for await (const chunk of git.stream(["rev-list", "--stdin"], { repository, input })) seen.push(chunk.toString())
    })()
    await expect(reading).rejects.toBeInstanceOf(GitError)
    const answer = await git.run(["rev-parse", "--verify", "--quiet", "nothing"], {
      repository,
      acceptedExitCodes: [1],
    })
    expect(answer.exitCode).toBe(1)
  })

  test("that says too much is stopped", async () => {
    await using setting = await setUp()
    const { git, repository } = setting
    await expect(
      git.run(["cat-file", "blob", "main:large.bin"], { repository, outputBytes: 1_000_000 }),
    ).rejects.toMatchObject({ code: "REPOSITORY_TOO_LARGE" })
  })

  test("is ended by an abort, by a time limit, and by a reader who leaves early", async () => {
    await using setting = await setUp()
    const { git, repository } = setting
    const stopping = new AbortController()
    const waiting = git.open(["cat-file", "--batch"], { repository, signal: stopping.signal })
    stopping.abort(new Error("enough"))
    await expect(waiting.finished).rejects.toMatchObject({
      code: "ABORTED",
      cause: expect.objectContaining({ message: "enough" }),
    })
    await expect(git.run(["version"], { signal: stopping.signal })).rejects.toMatchObject({ code: "ABORTED" })
    await expect(git.open(["cat-file", "--batch"], { repository, timeoutMs: 50 }).finished).rejects.toMatchObject({
      code: "GIT_TIMEOUT",
    })

    async function* forever(): AsyncGenerator<string> {
      for (;;) yield "main:large.bin\n"
    }
    let bytes = 0
    for await (const chunk of git.stream(["cat-file", "--batch"], { repository, input: forever() })) {
      bytes += chunk.length
      if (bytes > 5_000_000) break
    }
    expect(bytes).toBeGreaterThan(5_000_000)
    expect(processesWith(setting.source.path)).toEqual([])
  })

  test("whose input fails reports why the input failed", async () => {
    await using setting = await setUp()
    async function* broken(): AsyncGenerator<string> {
      yield "main:a.txt\n"
      throw new Error("the source broke")
    }
    const reading = (async () => {
      for await (const chunk of setting.git.stream(["cat-file", "--batch"], {
        repository: setting.repository,
        input: broken(),
      }))
        expect(chunk).toBeDefined()
    })()
    await expect(reading).rejects.toThrow("the source broke")
  })

  test.runIf(process.platform === "linux")("cannot take more memory than it may have", async () => {
    await using setting = await setUp({ memoryBytes: 40 * 1024 ** 2 })
    setting.source.commit({
      from: "refs/heads/main",
      files: { "huge.bin": Buffer.alloc(30 * 1024 ** 2, "line of text\n") },
    })
    setting.source.write()
    const diff = setting.git.run(["diff-tree", "-r", "--numstat", "main~1", "main"], { repository: setting.repository })
    await expect(diff).rejects.toMatchObject({ code: "REPOSITORY_TOO_LARGE" })
  })
})

describe("the version of git", () => {
  test.each([
    ["git version 2.39.5", "2.39.5"],
    ["git version 2.39.5 (Apple Git-154)", "2.39.5"],
    ["git version 2.47.1.windows.1", "2.47.1"],
    ["git version 2.40", "2.40.0"],
  ])("%s is %s", (answer, text) => {
    expect(parseGitVersion(answer)?.text).toBe(text)
  })

  test("is refused below 2.37 and warned of below 2.39.4", () => {
    expect(() => checkGitVersion(parseGitVersion("git version 2.36.9"))).toThrowError(
      expect.objectContaining({ code: "GIT_MISSING" }),
    )
    expect(() => checkGitVersion(parseGitVersion("something else"))).toThrowError(
      expect.objectContaining({ code: "GIT_MISSING" }),
    )
    expect(checkGitVersion(parseGitVersion("git version 2.39.3"))).toContain("2.39.3")
    expect(checkGitVersion(parseGitVersion("git version 2.39.4"))).toBeUndefined()
    expect(checkGitVersion(parseGitVersion("git version 3.0.0"))).toBeUndefined()
  })

  test("is asked of the git that is named", async () => {
    await using folder = await temporaryFolder()
    expect(() => createGit({ folder: folder.path, gitFile: "/nonexistent/git" })).toThrowError(
      expect.objectContaining({ code: "GIT_MISSING" }),
    )
  })
})

test("what git says is redacted, cleaned and shortened", () => {
  const text = redact(
    `fatal: https://user:hunter2@example.org/a\r\nAuthorization: Basic c2VjcmV0\n\x1b[31mred\x1b[0m \x07token=abc123 ghp_${"x".repeat(36)}\u009b`,
  )
  expect(text).not.toMatch(/hunter2|c2VjcmV0|abc123|ghp_/)
  // eslint-disable-next-line no-control-regex -- control characters are what must be gone
  expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/)
  expect(text).toContain("red")
  expect(redact("x".repeat(5_000)).length).toBeLessThanOrEqual(1_024)
  const error = new GitError("GIT_FAILED", "x", { stderr: "https://a:b@c/" })
  expect(error.stderr).toBe("https://***@c/")
  expect(GitError.isInstance(error)).toBe(true)
  expect(GitError.isInstance(new Error("x"))).toBe(false)
})
