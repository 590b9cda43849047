import { describe, expect, it } from "vitest"
import { AssayError } from "../src/index.js"
import { toFailure } from "../src/failure.js"

describe("a failure", () => {
  it("carries the code and hint of a typed error of any package", () => {
    const error = Object.assign(new Error("no such repository"), {
      code: "GIT_NOT_FOUND",
      retryable: false,
      hint: "Look.",
    })
    expect(toFailure(error)).toEqual({
      code: "GIT_NOT_FOUND",
      message: "no such repository",
      retryable: false,
      hint: "Look.",
    })
  })

  it("does not take a foreign error's code for one of ours", () => {
    const error = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })
    expect(toFailure(error)).toMatchObject({ code: "HANDLER_FAILED", retryable: true })
  })

  it("blots out secrets and credentials in URLs, and what a database cannot keep", () => {
    const error = new AssayError("INTERNAL", "token s3cret at https://me:s3cret@host/\0")
    expect(toFailure(error, ["s3cret"]).message).toBe("token [redacted] at https://[redacted]@host/\uFFFD")
  })

  it("says something of anything that can be thrown", () => {
    expect(toFailure("just text").message).toBe("just text")
    expect(toFailure(undefined).message).toBe("undefined")
  })

  it("keeps to a length that a row can bear", () => {
    expect(toFailure(new Error("x".repeat(100_000))).message).toHaveLength(2000)
  })
})
