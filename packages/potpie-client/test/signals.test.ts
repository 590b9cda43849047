import { describe, expect, it } from "vitest"
import type { PotpieClient } from "../src/index.js"
import { harmful, harmless } from "./helpers/calls.js"
import { converse, failure, startPair } from "./helpers/start-pair.js"

describe("signals", () => {
  const reason = new Error("enough")

  it.each([...harmless, ...harmful])("stop %s before it is sent", async (name, call) => {
    await using pair = await startPair()
    const aborting = (input: object): object => ({ ...input, signal: AbortSignal.abort(reason) })
    const potpie = new Proxy(pair.potpie, {
      get: (target, method: keyof PotpieClient) => {
        const takesTwo = ["parse", "status", "findProject"].includes(method)
        return (input: object = {}) =>
          (target[method] as (...all: object[]) => unknown)(...(takesTwo ? [input, aborting({})] : [aborting(input)]))
      },
    })
    expect(await failure(call(potpie)), name).toMatchObject({ code: "ABORTED", cause: reason, retryable: false })
    expect(pair.fake.requests).toEqual([])
  })

  it("stop a call while it waits for headers, for the body, and between retries", async () => {
    await using pair = await startPair({}, { retry: { firstMs: 1_000_000, maxMs: 1_000_000 } })
    for (const fault of [{ hang: "headers" }, { hang: "body" }, { status: 503 }] as const) {
      const controller = new AbortController()
      pair.fake.failNext(fault)
      const before = pair.fake.requests.length
      const call = failure(pair.potpie.projects({ signal: controller.signal }))
      await expect.poll(() => pair.fake.requests.length).toBe(before + 1)
      setTimeout(() => controller.abort(reason), 20)
      expect(await call).toMatchObject({ code: "ABORTED", cause: reason })
    }
  })

  it("stop a stream with what has arrived", async () => {
    await using pair = await startPair({ answers: [{ text: ["One ", "two"], gapMs: 60_000 }] })
    const { conversationId } = await converse(pair)
    const controller = new AbortController()
    const stream = pair.potpie.stream({ conversationId, content: "x", signal: controller.signal })
    const reading = async (): Promise<void> => {
      for await (const _part of stream) controller.abort(reason)
    }
    expect(await failure(reading())).toMatchObject({ code: "ABORTED", cause: reason, answer: { text: "One " } })
  })
})
