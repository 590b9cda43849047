import { describe, expect, test as declareTest } from "vitest"
import type { Transaction } from "../database.js"
import type { Repository } from "../repository.js"
import type { RepositoryStore } from "../repository-store.js"
import type { NewSchedule, ScheduleStore } from "../schedule.js"
import { buildNewJob } from "./build-new-job.js"
import { buildNewRepository, buildSnapshot } from "./build-new-repository.js"
import type { ControllableClock } from "./controllable-clock.js"
import { controllableClock } from "./controllable-clock.js"

/** A repository store to be tested, and what its transactions are made with. Disposed of after its test. */
export interface RepositoryStoreUnderTest extends Partial<AsyncDisposable> {
  readonly store: RepositoryStore
  /** Those whose schedules go with their repository. */
  readonly schedules: ScheduleStore
  /** Runs `work` in a transaction that the store can join: the job store's, or the database's. */
  transaction<Value>(work: (transaction: Transaction) => Promise<Value>): Promise<Value>
}

export interface RepositoryStoreSuiteOptions {
  /** Makes an empty store, whose time is `clock.now()` and nothing else. Called for each test. */
  create(clock: ControllableClock): RepositoryStoreUnderTest | Promise<RepositoryStoreUnderTest>
}

interface RepositoryStoreContext extends RepositoryStoreUnderTest {
  readonly clock: ControllableClock
}

type RepositoryStoreTest = (name: string, run: (context: RepositoryStoreContext) => Promise<void>) => void

/** Declares the tests that every repository store has to pass. Call it at the top of a test file. */
export function describeRepositoryStore(name: string, options: RepositoryStoreSuiteOptions): void {
  const test: RepositoryStoreTest = (sentence, run) =>
    declareTest(sentence, async () => {
      const clock = controllableClock()
      const made = await options.create(clock)
      try {
        await run({
          store: made.store,
          schedules: made.schedules,
          transaction: (work) => made.transaction(work),
          clock,
        })
      } finally {
        await made[Symbol.asyncDispose]?.()
      }
    })
  describe(`${name} repository store`, () => {
    describe("create", () => createTests(test))
    describe("read", () => readTests(test))
    describe("change", () => changeTests(test))
    describe("schedules", () => scheduleTests(test))
    describe("transaction", () => transactionTests(test))
  })
}

function createTests(test: RepositoryStoreTest): void {
  test("remembers a repository under a whole number", async ({ store, clock }) => {
    const given = buildNewRepository({ defaultBranch: "main", trusted: true })
    const repository = await store.create(given)
    const now = new Date(clock.now())
    expect(Number.isSafeInteger(repository.id)).toBe(true)
    expect(repository).toEqual({ ...given, id: repository.id, createdAt: now, updatedAt: now })
    expect(repository.snapshot).toBeUndefined()
    expect(await store.get(repository.id, "default")).toEqual(repository)
  })

  test("leaves the default branch open when it is not given", async ({ store }) => {
    expect((await store.create(buildNewRepository())).defaultBranch).toBeUndefined()
  })

  test("refuses a key that the tenant has, and says which repository that is", async ({ store }) => {
    const first = await store.create(buildNewRepository())
    const again = store.create(buildNewRepository({ url: "https://github.com/acme/widgets.git" }))
    await expect(again).rejects.toMatchObject({ code: "REPOSITORY_EXISTS", existingId: first.id, retryable: false })
    expect(await store.count("default")).toBe(1)
  })

  test("keeps the keys of tenants apart", async ({ store }) => {
    const ours = await store.create(buildNewRepository())
    const theirs = await store.create(buildNewRepository({ tenant: "acme" }))
    expect(theirs.id).not.toBe(ours.id)
  })

  test("returns the repository of an idempotency key that was used before", async ({ store }) => {
    const first = await store.create(buildNewRepository({ idempotencyKey: "once" }))
    expect(await store.create(buildNewRepository({ idempotencyKey: "once" }))).toEqual(first)
    expect(await store.count("default")).toBe(1)
    expect(first).not.toHaveProperty("idempotencyKey")
  })

  test("refuses an idempotency key that was used for another URL", async ({ store }) => {
    await store.create(buildNewRepository({ idempotencyKey: "once" }))
    const other = store.create(buildNewRepository({ idempotencyKey: "once", name: "acme/gadgets" }))
    await expect(other).rejects.toMatchObject({ code: "IDEMPOTENCY_MISMATCH" })
    expect(await store.count("default")).toBe(1)
  })

  test("keeps the idempotency keys of tenants apart", async ({ store }) => {
    await store.create(buildNewRepository({ idempotencyKey: "once" }))
    await store.create(buildNewRepository({ idempotencyKey: "once", tenant: "acme", name: "acme/gadgets" }))
    expect(await store.count("acme")).toBe(1)
  })

  test("creates one when twenty create the same at once", async ({ store }) => {
    const attempts = Array.from({ length: 20 }, () => store.create(buildNewRepository()))
    const settled = await Promise.allSettled(attempts)
    const created = settled.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []))
    expect(created).toHaveLength(1)
    for (const each of settled) {
      if (each.status === "rejected") {
        expect(each.reason).toMatchObject({ code: "REPOSITORY_EXISTS", existingId: created[0]?.id })
      }
    }
  })

  test("gives all of twenty who use one idempotency key at once the same", async ({ store }) => {
    const created = await Promise.all(
      Array.from({ length: 20 }, () => store.create(buildNewRepository({ idempotencyKey: "once" }))),
    )
    expect(new Set(created.map(({ id }) => id)).size).toBe(1)
  })
}

function readTests(test: RepositoryStoreTest): void {
  test("has no repository that does not exist", async ({ store }) => {
    expect(await store.get(4711, "default")).toBeUndefined()
    expect(await store.findByKey("github.com/nobody/nothing", "default")).toBeUndefined()
    expect(await store.list({ tenant: "default" })).toEqual([])
    expect(await store.count("default")).toBe(0)
  })

  test("finds a repository by its key, in its tenant only", async ({ store }) => {
    const repository = await store.create(buildNewRepository())
    expect(await store.findByKey(repository.key, "default")).toEqual(repository)
    expect(await store.findByKey(repository.key, "acme")).toBeUndefined()
    expect(await store.get(repository.id, "acme")).toBeUndefined()
  })

  test("lists the last indexed first, then the newest of those never indexed", async ({
    store,
    clock,
    transaction,
  }) => {
    const repositories: Repository[] = []
    for (const name of ["a/one", "a/two", "a/three", "a/four"]) {
      repositories.push(await store.create(buildNewRepository({ name })))
      await clock.advance(10)
    }
    for (const index of [2, 0]) {
      const publishedAt = new Date(clock.now())
      await transaction((open) => store.publish(repositories[index]?.id ?? 0, buildSnapshot({ publishedAt }), open))
      await clock.advance(10)
    }
    await store.create(buildNewRepository({ tenant: "acme" }))
    const names = (await store.list({ tenant: "default" })).map(({ name }) => name)
    expect(names).toEqual(["a/one", "a/three", "a/four", "a/two"])
    expect((await store.list({ tenant: "default", limit: 2 })).map(({ name }) => name)).toEqual(names.slice(0, 2))
    expect((await store.list({ tenant: "default", limit: 2, offset: 1 })).map(({ name }) => name)).toEqual(
      names.slice(1, 3),
    )
    expect(await store.count("default")).toBe(4)
    expect(await store.count("acme")).toBe(1)
  })
}

function changeTests(test: RepositoryStoreTest): void {
  test("updates the default branch and nothing else", async ({ store, clock }) => {
    const repository = await store.create(buildNewRepository({ defaultBranch: "main" }))
    await clock.advance(1000)
    const updated = await store.update(repository.id, { defaultBranch: "trunk" })
    expect(updated).toEqual({ ...repository, defaultBranch: "trunk", updatedAt: new Date(clock.now()) })
    expect(await store.get(repository.id, "default")).toEqual(updated)
  })

  test("has no answer for a repository that is not there", async ({ store, transaction }) => {
    expect(await store.update(4711, { defaultBranch: "trunk" })).toBeUndefined()
    expect(await transaction((open) => store.publish(4711, buildSnapshot(), open))).toBeUndefined()
    expect(await store.remove(4711)).toBe(false)
  })

  test("shows the snapshot that was published last", async ({ store, transaction, clock }) => {
    const repository = await store.create(buildNewRepository())
    const first = buildSnapshot({ publishedAt: new Date(clock.now()) })
    expect(await transaction((open) => store.publish(repository.id, first, open))).toMatchObject({ snapshot: first })
    expect((await store.get(repository.id, "default"))?.snapshot).toEqual(first)
    await clock.advance(1000)
    const second = buildSnapshot({ id: 2, number: 2, publishedAt: new Date(clock.now()), branch: "trunk" })
    await transaction((open) => store.publish(repository.id, second, open))
    expect((await store.get(repository.id, "default"))?.snapshot).toEqual(second)
    expect((await store.list({ tenant: "default" }))[0]?.snapshot).toEqual(second)
  })

  test("forgets a repository that is removed, and frees its keys", async ({ store }) => {
    const repository = await store.create(buildNewRepository({ idempotencyKey: "once" }))
    expect(await store.remove(repository.id)).toBe(true)
    expect(await store.remove(repository.id)).toBe(false)
    expect(await store.get(repository.id, "default")).toBeUndefined()
    const next = await store.create(buildNewRepository({ idempotencyKey: "once" }))
    expect(next.id, "a number is not used again").not.toBe(repository.id)
  })
}

function scheduleTests(test: RepositoryStoreTest): void {
  test("removes the schedules of a repository with it", async ({ store, schedules }) => {
    const [gone, kept] = [
      await store.create(buildNewRepository()),
      await store.create(buildNewRepository({ name: "acme/gadgets" })),
    ]
    for (const id of ["hourly", "nightly"]) await schedules.put(aSchedule(id, gone.id))
    await schedules.put(aSchedule("weekly", kept.id))
    await store.remove(gone.id)
    expect((await schedules.list("default")).map(({ id }) => id)).toEqual(["weekly"])
  })

  test("keeps the schedules when the removal is rolled back", async ({ store, schedules, transaction }) => {
    const { id } = await store.create(buildNewRepository())
    await schedules.put(aSchedule("hourly", id))
    const work = transaction(async (open) => {
      await store.remove(id, open)
      throw new Error("no")
    })
    await expect(work).rejects.toThrow("no")
    expect(await schedules.list("default")).toHaveLength(1)
  })
}

function aSchedule(id: string, repositoryId: number): NewSchedule {
  const { id: _id, tenant, delayMs: _delay, secrets: _secrets, ...job } = buildNewJob({ repositoryId })
  return { id, tenant, recurrence: { everyMs: 1000 }, job, nextAt: new Date(0) }
}

function transactionTests(test: RepositoryStoreTest): void {
  test("keeps what a transaction wrote", async ({ store, transaction }) => {
    const created = await transaction(async (open) => {
      const repository = await store.create(buildNewRepository(), open)
      await store.update(repository.id, { defaultBranch: "trunk" }, open)
      await store.publish(repository.id, buildSnapshot(), open)
      return repository
    })
    expect(await store.get(created.id, "default")).toMatchObject({ defaultBranch: "trunk", snapshot: buildSnapshot() })
  })

  test("undoes what a transaction wrote when it is rolled back", async ({ store, transaction }) => {
    const first = await store.create(buildNewRepository())
    const second = await store.create(buildNewRepository({ name: "acme/gadgets" }))
    const undone = transaction(async (open) => {
      await store.create(buildNewRepository({ name: "acme/gizmos" }), open)
      await store.update(first.id, { defaultBranch: "trunk" }, open)
      await store.publish(first.id, buildSnapshot(), open)
      expect(await store.remove(second.id, open)).toBe(true)
      throw new Error("the handler changed its mind")
    })
    await expect(undone).rejects.toThrow("the handler changed its mind")
    expect(await store.get(first.id, "default")).toEqual(first)
    expect(await store.get(second.id, "default")).toEqual(second)
    expect(await store.count("default")).toBe(2)
  })
}
