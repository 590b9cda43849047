import { describe, expect, it } from "vitest"
import { eventRecorder } from "../../src/testing/event-recorder.js"

interface Heard {
  readonly type: string
  readonly number: number
}

const event = (type: string, number: number): Heard => ({ type, number })

describe("an event recorder", () => {
  it("hands out what was heard, each event once and in order", async () => {
    const recorder = eventRecorder<Heard>()
    recorder.record(event("job.stage", 1))
    recorder.record(event("job.stage", 2))
    expect(await recorder.next("job.stage")).toEqual(event("job.stage", 1))
    expect(await recorder.next("job.stage")).toEqual(event("job.stage", 2))
    expect(recorder.all).toHaveLength(2)
  })

  it("waits for what was not heard yet", async () => {
    const recorder = eventRecorder<Heard>()
    const waiting = recorder.next(({ number }) => number === 2)
    recorder.record(event("job.queued", 1))
    recorder.record(event("job.started", 2))
    expect(await waiting).toEqual(event("job.started", 2))
  })

  it("says what it heard instead when it waits in vain", async () => {
    const recorder = eventRecorder<Heard>()
    recorder.record(event("job.failed", 3))
    await expect(recorder.next("job.succeeded", { timeoutMs: 10 })).rejects.toThrow(/job\.succeeded[\s\S]*job\.failed/)
  })

  it("knows notifications by their kind", async () => {
    const recorder = eventRecorder<{ kind: string }>()
    recorder.record({ kind: "cancel" })
    expect(await recorder.next("cancel")).toEqual({ kind: "cancel" })
  })

  it("listens to a source by itself, and passes on how that breaks", async () => {
    async function* source(): AsyncGenerator<Heard> {
      yield event("job.queued", 1)
      throw new Error("the connection is gone")
    }
    const recorder = eventRecorder(source())
    expect(await recorder.next("job.queued")).toEqual(event("job.queued", 1))
    await expect(recorder.next("job.started")).rejects.toThrow("the connection is gone")
  })
})
