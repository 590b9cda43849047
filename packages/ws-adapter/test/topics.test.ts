import { defineJob } from "@assay/core"
import { expect, test } from "vitest"
import { z } from "zod"
import type { EventEnvelope } from "../src/index.js"
import { curl, curlStream } from "./helpers/event-stream.js"
import { eventually } from "./helpers/eventually.js"
import { analyze, startLiveServer } from "./helpers/live-server.js"

const index = defineJob({
  type: "repository.index",
  input: z.object({ repositoryId: z.int() }),
  repository: ({ repositoryId }) => repositoryId,
  conflictKey: () => "one",
  onConflict: "allow",
})

const subjects = (stream: { events: () => { data: unknown }[] }): string[] =>
  stream.events().map(({ data }) => (data as EventEnvelope).subject.job_id)

test("a reader of the feed hears of the jobs and repositories it names, and goes on among them", async () => {
  await using server = await startLiveServer()
  const { client } = server.runtime
  const wanted = await client.enqueue(analyze, { repo: "owner/wanted" })
  const url = `${server.url}/api/v1/events?topics=job:${wanted.id},repo:7`
  using stream = curlStream(url)
  using all = curlStream(`${server.url}/api/v1/events`)
  await eventually(() => /^id: /m.test(stream.text()) && /^id: /m.test(all.text()))
  const other = await client.enqueue(analyze, { repo: "owner/other" })
  const ofSeven = await client.enqueue(index, { repositoryId: 7 })
  const ofEight = await client.enqueue(index, { repositoryId: 8 })
  await client.cancel(wanted.id)
  await eventually(() => subjects(stream).length === 2 && subjects(all).length === 4)
  expect(subjects(stream)).toEqual([ofSeven.id, wanted.id])
  expect(subjects(all)).toEqual([other.id, ofSeven.id, ofEight.id, wanted.id])
  const [first] = stream.events()
  using again = curlStream(url, ["-H", `Last-Event-ID: ${first?.id}`])
  await eventually(() => subjects(again).length === 1)
  expect(subjects(again)).toEqual([wanted.id])
})

test.each(["nonsense", "job:nonsense", "repo:x", "repo:0", `${"repo:1,".repeat(3)}job:`, "tenant:other"])(
  "the topic %j is refused, with how to name one",
  async (topics) => {
    await using server = await startLiveServer()
    const answer = await curl(`${server.url}/api/v1/events?topics=${topics}`)
    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(answer).toContain("?topics=job:<id of a job>,repo:<id of a repository>")
  },
)

test("no more than a hundred topics, and none at all means all", async () => {
  await using server = await startLiveServer()
  const many = Array.from({ length: 101 }, (_, number) => `repo:${number + 1}`).join(",")
  expect(await curl(`${server.url}/api/v1/events?topics=${many}`)).toMatch(/^HTTP\/1.1 400 /)
  using stream = curlStream(`${server.url}/api/v1/events?topics=`)
  await eventually(() => /^id: /m.test(stream.text()))
  const { id } = await server.runtime.client.enqueue(analyze, { repo: "owner/repo" })
  await eventually(() => subjects(stream).length === 1)
  expect(subjects(stream)).toEqual([id])
})
