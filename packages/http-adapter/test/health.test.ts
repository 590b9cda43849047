import { AssayError } from "@assay/core"
import { describe, expect, it } from "vitest"
import { buildApp } from "./helpers/build-app.js"
import { aGate } from "./helpers/gate.js"

describe("probes", () => {
  it("/ping says pong, and /livez ok", async () => {
    await using test = await buildApp()
    expect((await test.app.inject("/ping")).json()).toEqual({ message: "pong" })
    expect((await test.app.inject("/livez")).json()).toEqual({ status: "ok" })
  })

  it("/readyz asks the store by default", async () => {
    await using test = await buildApp()
    const answer = await test.app.inject("/readyz")
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      status: "ok",
      checks: { store: { status: "ok", duration_ms: expect.any(Number) } },
    })
  })

  it("/readyz is 503 with the check that failed, its code and when to come back; /livez lives on", async () => {
    const down = new AssayError("UNAVAILABLE", "postgres://user:secret@host is down", { retryable: true })
    await using test = await buildApp({ checks: { store: () => Promise.reject(down), queue: async () => {} } })
    const answer = await test.app.inject("/readyz")
    expect(answer.statusCode).toBe(503)
    expect(answer.headers["retry-after"]).toBe("5")
    expect(answer.json()).toMatchObject({
      status: "unavailable",
      checks: { store: { status: "failed", code: "UNAVAILABLE" }, queue: { status: "ok" } },
    })
    expect(answer.body).not.toContain("secret")
    expect((await test.app.inject("/livez")).statusCode).toBe(200)
  })

  it("/readyz does not wait for a check that hangs, and tells it to stop", async () => {
    let stopped: AbortSignal | undefined
    const hangs = (signal: AbortSignal): Promise<never> => {
      stopped = signal
      return new Promise(() => {})
    }
    await using test = await buildApp({ checks: { store: hangs }, checkTimeoutMs: 20 })
    const answer = await test.app.inject("/readyz")
    expect(answer.json().checks.store).toMatchObject({ status: "failed", code: "TIMEOUT" })
    expect(stopped?.aborted).toBe(true)
  })

  it("/readyz asks once for all probes that come at the same time", async () => {
    let asked = 0
    const gate = aGate()
    const check = async (): Promise<void> => {
      asked++
      await gate.opened
    }
    await using test = await buildApp({ checks: { store: check } })
    const probes = Promise.all([1, 2, 3].map(() => test.app.inject("/readyz")))
    await expect.poll(() => asked).toBe(1)
    gate.open()
    expect((await probes).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
    expect(asked).toBe(1)
  })
})
