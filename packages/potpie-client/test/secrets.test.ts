import { inspect } from "node:util"
import { describe, expect, it } from "vitest"
import { createPotpieClient, PotpieError } from "../src/index.js"
import { createFakePotpie } from "../src/testing/index.js"
import { harmful, harmless } from "./helpers/calls.js"
import { converse, failure, startPair } from "./helpers/start-pair.js"

const canary = "sk-canary-7f3a9c+/="
const deep = { depth: 20, showHidden: true, maxStringLength: null, maxArrayLength: null }
const shown = (value: unknown): string => `${inspect(value, deep)} ${JSON.stringify(value)}`

describe("the key", () => {
  it.each([...harmless, ...harmful])(
    "is in no error and no line of the log of %s, whatever the server echoes",
    async (_, call) => {
      const lines: unknown[] = []
      const logger = { debug: (...line: unknown[]) => lines.push(line), warn: (...line: unknown[]) => lines.push(line) }
      await using pair = await startPair({ apiKey: canary }, { logger, apiKey: canary, retry: { retries: 1 } })
      const echo = `bad key ${canary} (${encodeURIComponent(canary)})`
      const faults = [
        { status: 400, body: JSON.stringify({ detail: echo, request_id: canary }) },
        {
          status: 422,
          body: JSON.stringify({ detail: [{ loc: ["x"], msg: echo }] }),
          headers: { "x-request-id": canary },
        },
        { status: 500, body: echo },
        { status: 200, body: echo },
        { status: 200, body: JSON.stringify({ status: 5, message: echo }) },
        { status: 302, headers: { location: `/?${canary}` }, body: "" },
        { reset: true },
      ]
      for (const fault of faults) {
        pair.fake.failNext({ ...fault, times: 2 })
        try {
          await call(pair.potpie)
        } catch (error) {
          expect(shown(error)).not.toContain("canary")
        }
      }
      expect(lines.length).toBeGreaterThanOrEqual(faults.length)
      expect(shown(lines)).not.toContain("canary")
      expect(pair.fake.keys).toEqual(new Set([canary]))
      expect(shown(pair.fake.requests)).not.toContain("canary")
    },
  )

  it("is not in what an injected fetch throws", async () => {
    const cause = Object.assign(new Error(`cannot send ${canary}`, { cause: { headers: [canary] } }), { key: canary })
    const fetch = () => Promise.reject(cause)
    const potpie = createPotpieClient({ apiKey: canary, fetch, retry: { retries: 0 } })
    const error = await failure(potpie.projects())
    expect(error.cause).toMatchObject({ message: "cannot send [redacted]" })
    expect(shown(error)).not.toContain("canary")
    expect(shown(potpie)).not.toContain("canary")
  })

  it("is not in the raw text of an answer that does not fit", async () => {
    await using pair = await startPair({ apiKey: canary, answers: [{ text: `{"key": "${canary}"}` }] })
    const { projectId } = await pair.potpie.parse({ repoName: "acme/orders", branchName: "main" })
    const schema = {
      "~standard": { version: 1, vendor: "x", validate: () => ({ issues: [{ message: canary }] }) },
    } as const
    const error = await failure(pair.potpie.ask({ projectId, content: "x", schema }))
    expect(error.raw).toBe('{"key": "[redacted]"}')
    expect(shown(error)).not.toContain("canary")
  })

  it("is not in the part of an answer that an error carries", async () => {
    const text = `The key is ${canary}. *An error occurred during streaming*`
    await using pair = await startPair({ apiKey: canary, answers: [{ text }, { text }] })
    const { conversationId } = await converse(pair)
    for (const call of [pair.potpie.ask, pair.potpie.stream]) {
      const error = await failure(call({ conversationId, content: "x" }))
      expect(error.answer).toMatchObject({ text: text.replace(canary, "[redacted]"), thinking: undefined })
      expect(shown(error)).not.toContain("canary")
    }
  })

  it("is refused without being shown if it cannot be sent", () => {
    for (const apiKey of [`${canary}\r\nx: y`, "", "ä", " "]) {
      expect(() => createPotpieClient({ apiKey })).toThrow(
        "apiKey must be a text of printable characters without spaces.",
      )
    }
    for (const baseUrl of ["ftp://x", "x", `https://user:${canary}@x`, `https://x/?key=${canary}`]) {
      expect(() => createPotpieClient({ apiKey: "sk-x", baseUrl })).toThrow(/^baseUrl must be an http or https URL/)
    }
  })

  it("goes nowhere but to the base URL: redirects are not followed", async () => {
    await using thief = await createFakePotpie()
    for (const fetch of [undefined, globalThis.fetch]) {
      await using pair = await startPair({}, { fetch })
      pair.fake.failNext({ status: 307, headers: { location: `${thief.url}/api/v2/projects/list` }, body: "" })
      expect(await failure(pair.potpie.projects())).toMatchObject({ code: "POTPIE_BAD_RESPONSE", status: 307 })
    }
    expect(thief.requests).toEqual([])
  })

  it("goes along with a user to act as", async () => {
    const server = { adminSecret: "secret", users: ["ada"] }
    await using pair = await startPair(server, { apiKey: "secret", userId: "ada" })
    expect(await pair.potpie.projects()).toEqual([])
    await using other = await startPair(server, { apiKey: "secret", userId: "eve" })
    expect(await failure(other.potpie.projects())).toMatchObject({ code: "POTPIE_AUTH" })
  })
})

describe("errors", () => {
  it("are known across copies of the package", () => {
    const foreign = { [Symbol.for("@assay/potpie-client/error")]: true }
    expect(PotpieError.isInstance(foreign)).toBe(true)
    expect(PotpieError.isInstance(new PotpieError("ABORTED", "x"))).toBe(true)
    for (const other of [new Error("x"), undefined, null, "x"]) expect(PotpieError.isInstance(other)).toBe(false)
  })

  it.each([
    { what: "HTML of a proxy", status: 502, body: "<html>Bad gateway</html>", code: "POTPIE_UNAVAILABLE" },
    { what: "nothing", status: 500, body: "", code: "POTPIE_FAILED", detail: undefined },
    { what: "JSON that is no object", status: 418, body: "[1]", code: "POTPIE_REJECTED" },
    { what: "an object", status: 403, body: '{"detail":{"why":"x"}}', code: "POTPIE_FORBIDDEN", detail: '{"why":"x"}' },
    { what: "a page with status 200", status: 200, body: "<html>Hello</html>", code: "POTPIE_BAD_RESPONSE" },
    { what: "another shape", status: 200, body: '{"projects":[]}', code: "POTPIE_BAD_RESPONSE" },
  ])("read $what", async ({ what: _, status, body, code, ...expected }) => {
    await using pair = await startPair({}, { retry: { retries: 0 } })
    pair.fake.failNext({ status, body })
    expect(await failure(pair.potpie.projects())).toMatchObject({ code, status, detail: body, ...expected })
  })

  it("shorten endless texts", async () => {
    await using pair = await startPair()
    pair.fake.failNext({ status: 400, body: "x".repeat(1_000_000) })
    expect((await failure(pair.potpie.projects())).detail).toHaveLength(1000)
  })
})
