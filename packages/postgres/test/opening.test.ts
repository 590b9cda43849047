import { changes, newJobId } from "@assay/core"
import type { NewJob } from "@assay/core"
import { expect, test } from "vitest"
import { createPostgresJobStore, migrate, openDatabase, openJobParts, postgresMigrations } from "../src/index.js"
import { createTestDatabase, createTestFolder } from "./helpers/create-test-database.js"

const newJob = (facts: Partial<NewJob> = {}): NewJob => ({
  ...{ id: newJobId(), tenant: "default", type: "test", queue: "default", input: {}, priority: 0, onConflict: "join" },
  ...{ preempts: false, timeoutMs: 60_000, maxAttempts: 3, maxCrashes: 3, delayMs: 0, secrets: {} },
  ...facts,
})
const request = { worker: "w", queue: "default", types: ["test"], limit: 9, leaseMs: 60_000 }

test("what ran when the owner of a folder died can be taken up at once by the next", async () => {
  await using folder = createTestFolder()
  const job = newJob()
  {
    await using database = await openDatabase(folder.url)
    const { store } = await openJobParts(database)
    await store.enqueue([job])
    expect((await store.claim(request)).jobs).toHaveLength(1)
    expect((await store.sweep({ limit: 9, redispatchAfterMs: 0 })).expired).toEqual([])
  }
  await using database = await openDatabase(folder.url)
  const { store } = await openJobParts(database)
  const { expired } = await store.sweep({ limit: 9, redispatchAfterMs: 0 })
  expect(expired.map(({ id }) => id)).toEqual([job.id])
  expect(await store.apply([changes.lost({ jobId: job.id, fence: 1 })])).toMatchObject([
    { state: "queued", crashes: 1 },
  ])
})

test("opening a server's database leaves the leases of others alone", async () => {
  await using created = await createTestDatabase()
  await using first = await openDatabase(created.url)
  const { store, queue, notifier } = await openJobParts(first)
  await store.enqueue([newJob()])
  await store.claim(request)
  await using second = await openDatabase(created.url)
  const other = await createPostgresJobStore({ database: second })
  expect((await other.sweep({ limit: 9, redispatchAfterMs: 0 })).expired).toEqual([])
  await queue.close()
  await notifier.close()
})

test("a store is known by the same name to every process on its database, and by another on another", async () => {
  await using created = await createTestDatabase()
  await using first = await openDatabase(created.url)
  await using second = await openDatabase(created.url)
  await using memory = await openDatabase("memory:")
  const identities: string[] = []
  for (const database of [first, second, memory]) {
    await migrate(database, postgresMigrations)
    identities.push(await (await createPostgresJobStore({ database })).identity())
  }
  expect(identities[0]).toMatch(/^store_/)
  expect(identities[1]).toBe(identities[0])
  expect(identities[2]).not.toBe(identities[0])
})

test("the feed waits for nobody but those who write events", async () => {
  await using created = await createTestDatabase()
  await using database = await openDatabase(created.url)
  const { store, queue, notifier } = await openJobParts(database)
  await database.exec("create table elsewhere (id int)")
  await database.transaction(async (bystander) => {
    await bystander.query("insert into elsewhere values (1)")
    await database.transaction(async (writer) => {
      const [first, second, third] = [newJob(), newJob(), newJob()]
      await store.enqueue([first])
      await store.enqueue([second], writer)
      await store.enqueue([third])
      expect((await store.feed({})).map(({ jobId }) => jobId)).toEqual([first.id])
    })
    expect(await store.feed({})).toHaveLength(3)
  })
  await queue.close()
  await notifier.close()
})

test("published migrations are never changed", async () => {
  await using database = await openDatabase("memory:")
  await migrate(database, postgresMigrations)
  const rows = await database.query<{ id: string; hash: string }>(
    "select id, left(hash, 12) as hash from assay.migrations",
  )
  // Not published yet: until 1.0 a change is allowed, and is made here as well.
  expect(Object.fromEntries(rows.map(({ id, hash }) => [id, hash]))).toMatchInlineSnapshot(`
    {
      "core-0001-jobs": "dad9c8c7da25",
      "core-0002-repositories": "b1f3ea5a9568",
      "core-0003-schedules": "ec4713d929cf",
      "core-0004-workers": "93da734d44ff",
      "core-0005-retention": "88d773c73993",
      "core-0006-in-progress": "9a376117bfcf",
    }
  `)
})
