import fc from "fast-check"
import type { InjectOptions } from "fastify"
import { describe, expect, it } from "vitest"
import { newJobId } from "@assay/core"
import type { OpenApiDocument } from "../src/index.js"
import { buildApp } from "./helpers/build-app.js"

/** Things that have broken somebody's service before. */
const nasty = [
  "",
  " ",
  "0",
  "-1",
  "1e309",
  "NaN",
  "9007199254740993",
  "999999999999999999999999",
  "-0",
  "0x10",
  "1;drop table jobs",
  "' or 1=1 --",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\u202e",
  "../../etc/passwd",
  "..%2f..%2fetc%2fpasswd",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "${7*7}",
  "{{7*7}}",
  "%s%n",
  "%",
  "%00",
  "\r\nX-Injected: 1",
  "💩".repeat(50),
  "a".repeat(5000),
  "true",
  "null",
  "[]",
  "{}",
]

const text = fc.oneof(fc.constantFrom(...nasty), fc.string({ unit: "binary", maxLength: 60 }), fc.integer().map(String))
const json = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(
    fc.oneof(
      fc.constantFrom(
        "url",
        "repo",
        "branch",
        "question",
        "github_token",
        "projectId",
        "default_branch",
        "token",
        "reason",
        "__proto__",
        "constructor",
      ),
      text,
    ),
    fc.oneof(text, fc.jsonValue()),
  ),
)
const payload = fc.oneof(
  fc.constant(undefined),
  json.map((value) => JSON.stringify(value)),
  text,
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
)
const contentType = fc.constantFrom(
  undefined,
  "application/json",
  "application/json; charset=latin1",
  "application/problem+json",
  "APPLICATION/JSON",
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  "nonsense",
  ";",
)

// What Node's own client refuses to send cannot arrive.
const headerText = text.map((value) => value.replace(/[^\t\x20-\x7e\x80-\xff]/g, "?").trim())

describe("hostile input", () => {
  it("never makes it the service's fault: no route ever answers 5xx, and every refusal is the one error body", async () => {
    await using test = await buildApp()
    const published = await test.aRepository({ url: "owner/published", published: true })
    const fresh = await test.aRepository({ url: "owner/fresh" })
    const queued = await test.app.inject({ method: "POST", url: `/api/v1/repositories/${fresh.id}/index` })
    const document: OpenApiDocument = (await test.app.inject("/openapi.json")).json()
    const paths = [
      ...Object.keys(document.paths),
      "/docs",
      "/docs/static/{id}",
      "/openapi.json",
      "/nothing/{id}",
      "/api/v1/{id}",
    ]
    const ids = fc.oneof(
      fc.constantFrom(String(published.id), String(fresh.id), String(queued.json().job_id), newJobId()),
      text.map((value) => encodeURIComponent(value.replace(/\p{Surrogate}/gu, "?"))),
      text.map((value) => value.replace(/[^\x21-\x7e]/g, "")),
    )
    const query = fc.dictionary(
      fc.oneof(
        fc.constantFrom(
          "limit",
          "offset",
          "days",
          "threshold",
          "exclude",
          "state",
          "type",
          "repository_id",
          "cursor",
          "verification",
        ),
        text,
      ),
      text,
      { maxKeys: 4 },
    )
    const request = fc.record({
      path: fc.constantFrom(...paths),
      id: ids,
      method: fc.constantFrom("GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"),
      query,
      payload,
      contentType,
      idempotencyKey: fc.option(headerText, { nil: undefined }),
      requestId: fc.option(headerText, { nil: undefined }),
      accept: fc.option(headerText, { nil: undefined }),
    })

    await fc.assert(
      fc.asyncProperty(request, async ({ path, id, method, query, payload, contentType, ...headers }) => {
        const search = Object.entries(query)
          .map((pair) => pair.map((part) => encodeURIComponent(part.replace(/\p{Surrogate}/gu, "?"))).join("="))
          .join("&")
        const answer = await test.app.inject({
          method: method as NonNullable<InjectOptions["method"]>,
          url: `${path.replace(/\{\w+\}/, () => id)}${search && `?${search}`}`,
          headers: {
            ...(contentType && { "content-type": contentType }),
            ...(headers.idempotencyKey !== undefined && { "idempotency-key": headers.idempotencyKey }),
            ...(headers.requestId !== undefined && { "x-request-id": headers.requestId }),
            ...(headers.accept !== undefined && { accept: headers.accept }),
          },
          ...(payload !== undefined && { payload }),
        })
        expect(answer.statusCode).toBeLessThan(500)
        expect(answer.headers["x-injected"]).toBeUndefined()
        if (answer.statusCode >= 400 && method !== "HEAD" && String(answer.headers["content-type"]).includes("json")) {
          expect(answer.json()).toMatchObject({
            success: false,
            status: answer.statusCode,
            request_id: expect.any(String),
          })
        }
      }),
      { numRuns: 1500 },
    )
    expect(test.logger.lines.filter((line) => line.startsWith("error "))).toEqual([])
    expect(({} as { url?: unknown }).url).toBeUndefined()
  }, 120_000)
})
