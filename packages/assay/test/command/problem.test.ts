import { AssayError } from "@assay/core"
import { GitError } from "@assay/git"
import { describe, expect, it } from "vitest"
import { describeProblem, problemDocument, toProblem } from "../../src/command/problem.js"
import { createStyle } from "../../src/output/style.js"

const plain = createStyle(false)

describe("a problem", () => {
  it.each([
    [new GitError("GIT_NOT_FOUND", "There is no such repository."), 4],
    [new GitError("GIT_AUTH", "It is private."), 4],
    [new GitError("GIT_URL_REFUSED", "That is not a URL.", { why: "syntax" }), 2],
    [new GitError("GIT_URL_REFUSED", "It belongs to another user.", { why: "owner" }), 4],
    [new GitError("GIT_NETWORK", "The host cannot be reached."), 75],
    [new GitError("GIT_MISSING", "There is no git."), 69],
    [new AssayError("STORE_LOCKED", "The folder is in use."), 69],
    [new AssayError("UNAVAILABLE", "The server cannot be reached."), 69],
    [new Error("Surprise."), 1],
    ["thrown text", 1],
  ])("of %s ends the command with %d", (error, exitCode) => expect(toProblem(error).exitCode).toBe(exitCode))

  it("of a failed job is the one that the job failed with", () => {
    const failure = { code: "GIT_AUTH", message: "It is private.", retryable: false, hint: "Give a token." }
    const problem = toProblem(new AssayError("JOB_FAILED", "It is private.", { cause: failure }))
    expect(problem).toMatchObject({ ...failure, exitCode: 4 })
  })

  it("is told to people with what to do about it, and nothing a terminal would obey", () => {
    const error = new GitError("GIT_AUTH", "\u001b[31mPrivate.", { hint: "Give a token." })
    expect(describeProblem(toProblem(error), plain)).toBe("✘ \ufffd[31mPrivate.\n  Give a token.\n  GIT_AUTH")
  })

  it("is told to programs as a document", () => {
    const error = new GitError("GIT_NETWORK", "The host cannot be reached.")
    expect(problemDocument(toProblem(error))).toEqual({
      type: "about:blank",
      title: "Git network",
      detail: "The host cannot be reached.",
      code: "GIT_NETWORK",
      retryable: true,
      exit_code: 75,
    })
  })

  it("that nobody foresaw shows where it happened", () => {
    expect(describeProblem(toProblem(new Error("Surprise.")), plain)).toMatch(/^✘ Surprise\.\n {2}at .*problem\.test/)
  })
})
