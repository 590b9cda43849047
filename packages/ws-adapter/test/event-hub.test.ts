import { createMemoryNotifier } from "@assay/core"
import { expect, test } from "vitest"
import { socketIoClient, webSocketClient } from "./helpers/clients.js"
import { curlStream } from "./helpers/event-stream.js"
import { eventually } from "./helpers/eventually.js"
import { analyze, memoryParts, startLiveServer } from "./helpers/live-server.js"

test("finds what the notifier lost, for jobs and for the feed", async () => {
  const parts = memoryParts()
  const deaf = { ...createMemoryNotifier(), publish: async () => {} }
  await using server = await startLiveServer({ parts: { ...parts, notifier: deaf }, hubOptions: { lookAgainMs: 20 } })
  const job = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using listener = webSocketClient(`ws://${server.host}/ws/${job.id}`)
  using feed = curlStream(`${server.url}/api/v1/events`)
  await eventually(() => listener.heard.length === 1 && /^id: /m.test(feed.text()))
  await job.cancel()
  await listener.closed
  expect(listener.envelopes().map(({ type }) => type)).toEqual(["job.cancelled"])
  await eventually(() => feed.events().length === 1)
})

test("goes on when the store could not be reached, and when the notifier could not", async () => {
  const parts = memoryParts()
  let broken = true
  const unreachable = (): Promise<never> => Promise.reject(Object.assign(new Error("gone"), { code: "UNAVAILABLE" }))
  const reader = {
    ...parts.store,
    events: (...args: Parameters<typeof parts.store.events>) => (broken ? unreachable() : parts.store.events(...args)),
  }
  const notifier = {
    ...parts.notifier,
    subscribe: (...args: Parameters<typeof parts.notifier.subscribe>) =>
      broken ? unreachable() : parts.notifier.subscribe(...args),
  }
  await using server = await startLiveServer({ parts, hubOptions: { reader, notifier, lookAgainMs: 20 } })
  const job = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using listener = socketIoClient(server.url)
  await listener.socket.emitWithAck("join_project", job.id, { after: 0 })
  await job.cancel()
  broken = false
  await eventually(() => listener.envelopes().length === 2)
  expect(listener.envelopes().map(({ seq }) => seq)).toEqual([1, 2])
})

test("a presenter that fails costs its words, and no event", async () => {
  const present = (): never => {
    throw new Error("not today")
  }
  await using server = await startLiveServer({ hubOptions: { present } })
  const job = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  using listener = webSocketClient(`ws://${server.host}/ws/${job.id}?after=0`)
  await eventually(() => listener.envelopes().length === 1)
  await job.cancel()
  await listener.closed
  expect(listener.heard.map(({ event }) => event)).toEqual(["event", "event"])
})
