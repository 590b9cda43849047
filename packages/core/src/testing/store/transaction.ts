import { expect } from "vitest"
import * as changes from "../../change.js"
import type { Transaction } from "../../database.js"
import type { EnqueuedJob } from "../../store.js"
import { buildNewJob, leaseOf } from "../build-new-job.js"
import { describeIf } from "../describe-if.js"
import { createGate, giveItTime } from "../until.js"
import { claim, enqueue, enqueueAndClaim, present, read } from "./arrange.js"
import type { StoreSuiteOptions, StoreTest } from "./store-test.js"

export function transactionTests(test: StoreTest, { supports = {} }: StoreSuiteOptions): void {
  test("returns what the work returned, and keeps what it wrote", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    const added = buildNewJob()
    const value = await store.transaction(async (transaction) => {
      const [done] = await store.apply([changes.completed(leaseOf(job), "done")], transaction)
      const [enqueued] = await store.enqueue([added], transaction)
      return [done?.state, enqueued?.job.state]
    })
    expect(value).toEqual(["succeeded", "queued"])
    expect(await read(store, job)).toMatchObject({ state: "succeeded", result: "done" })
    expect(await read(store, added)).toMatchObject({ state: "queued" })
  })

  test("undoes everything when the work rejects, and passes the error on", async ({ store }) => {
    const job = await enqueueAndClaim(store, { conflictKey: "repository:1", onConflict: "coalesce" })
    await enqueue(store, { conflictKey: "repository:1", onConflict: "coalesce", input: "again" })
    const look = async (): Promise<unknown> => [
      ...[(await store.list()).jobs, await store.attempts(job.id), await store.events(job.id)],
      ...[await store.steps(job.id), await store.feed({}), await store.counts()],
    ]
    const before = await look()
    const error = new Error("the handler changed its mind")
    const work = async (transaction: Transaction): Promise<never> => {
      await store.apply([changes.stageEntered(leaseOf(job), "fetch")], transaction)
      await store.apply([changes.stepDone(leaseOf(job), "parse", 1)], transaction)
      await store.enqueue([buildNewJob(), buildNewJob({ delayMs: 1 })], transaction)
      const [done] = await store.apply([changes.completed(leaseOf(job), "done")], transaction)
      expect(done?.state).toBe("succeeded")
      throw error
    }
    await expect(store.transaction(work)).rejects.toBe(error)
    expect(await look()).toEqual(before)
    expect(await store.apply([changes.stageEntered(leaseOf(job), "on")])).toMatchObject([{ eventNumber: 3 }])
  })

  test("tells an attempt that lost its job so, inside the transaction", async ({ store }) => {
    const stale = await enqueueAndClaim(store)
    await store.apply([changes.released(leaseOf(stale))])
    const [current] = await claim(store)
    const answer = await store.transaction((transaction) => store.apply([changes.held(leaseOf(stale))], transaction))
    expect(answer).toEqual([undefined])
    expect(await read(store, stale)).toEqual(current)
  })

  test("sees its own changes in the guards of the next", async ({ store }) => {
    const job = await enqueueAndClaim(store)
    const answers = await store.transaction(async (transaction) => [
      ...(await store.apply([changes.completed(leaseOf(job), 1)], transaction)),
      ...(await store.apply([changes.completed(leaseOf(job), 2)], transaction)),
    ])
    expect(answers).toMatchObject([{ state: "succeeded", result: 1 }, undefined])
  })

  test("joins a job that the same transaction added", async ({ store }) => {
    const answers = await store.transaction(async (transaction) => {
      const first = await store.enqueue([buildNewJob({ conflictKey: "a" })], transaction)
      const second = await store.enqueue([buildNewJob({ conflictKey: "a" })], transaction)
      return [...first, ...second]
    })
    expect(answers.map(({ added }) => added)).toEqual([true, false])
    expect(answers[1]?.job.id).toBe(answers[0]?.job.id)
  })

  test("frees the keys of jobs whose transaction was undone", async ({ store }) => {
    const facts = { idempotencyKey: "once", conflictKey: "a" }
    const undone = store.transaction(async (transaction) => {
      await store.enqueue([buildNewJob(facts)], transaction)
      throw new Error("no")
    })
    await expect(undone).rejects.toThrow("no")
    expect((await store.enqueue([buildNewJob(facts)]))[0]).toMatchObject({ added: true })
  })

  test("holds the row of a job until the transaction ends", async ({ store, clock }) => {
    const job = await enqueueAndClaim(store)
    await clock.advance(60_000)
    const order: string[] = []
    const [held, finish] = [createGate(), createGate()]
    const work = store.transaction(async (transaction) => {
      const [kept] = await store.apply([changes.held(leaseOf(job))], transaction)
      expect(present(kept)).toEqual(job)
      held.open()
      await finish.opened
      order.push("transaction")
    })
    await held.opened
    const rival = store.apply([changes.lost(leaseOf(job))]).then((answer) => {
      order.push("rival")
      return answer
    })
    await giveItTime()
    finish.open()
    await work
    expect(await rival).toMatchObject([{ state: "queued" }])
    expect(order).toEqual(["transaction", "rival"])
  })

  test("refuses a rival that waited for a transaction that finished the job", async ({ store, clock }) => {
    const job = await enqueueAndClaim(store)
    await clock.advance(60_000)
    const [done, finish] = [createGate(), createGate()]
    const work = store.transaction(async (transaction) => {
      await store.apply([changes.completed(leaseOf(job), "right")], transaction)
      done.open()
      await finish.opened
    })
    await done.opened
    const rivals = [
      store.apply([changes.lost(leaseOf(job))]),
      store.apply([changes.cancelRequested(job.id)]),
      store.apply([changes.stageEntered(leaseOf(job), "late")]),
    ]
    await giveItTime()
    finish.open()
    await work
    expect(await Promise.all(rivals)).toEqual([[undefined], [undefined], [undefined]])
    expect(await read(store, job)).toMatchObject({ state: "succeeded", result: "right", eventNumber: 3 })
  })

  test("makes a caller with the same key wait, and gives it what was added", async ({ store }) => {
    const [added, finish] = [createGate(), createGate()]
    let first: EnqueuedJob[] = []
    const work = store.transaction(async (transaction) => {
      first = await store.enqueue([buildNewJob({ conflictKey: "a", idempotencyKey: "x" })], transaction)
      added.open()
      await finish.opened
    })
    await added.opened
    const second = store.enqueue([buildNewJob({ conflictKey: "a" }), buildNewJob({ idempotencyKey: "x" })])
    await giveItTime()
    finish.open()
    await work
    expect((await second).map(({ job, added: isNew }) => [job.id, isNew])).toEqual([
      [first[0]?.job.id, false],
      [first[0]?.job.id, false],
    ])
  })

  // A database with one session would wait for the transaction that waits for it.
  const readable = supports.readsDuringTransactions !== false
  describeIf(readable, { name: "seen from outside", otherwise: "nobody can read meanwhile" }, () => {
    test("shows nothing of a transaction before it commits", async ({ store }) => {
      const job = await enqueueAndClaim(store)
      const added = buildNewJob()
      await store.transaction(async (transaction) => {
        await store.apply([changes.completed(leaseOf(job), "done")], transaction)
        await store.enqueue([added], transaction)
        expect(await store.get(job.id)).toEqual(job)
        expect(await store.get(added.id)).toBeUndefined()
        expect(await store.events(job.id)).toHaveLength(2)
        expect(await store.feed({})).toHaveLength(2)
      })
      expect((await store.feed({})).map(({ type }) => type)).toEqual([
        ...["job.queued", "job.started", "job.succeeded", "job.queued"],
      ])
    })
  })

  if (!supports.sql) {
    test("says that it cannot run SQL, and undoes its own writes all the same", async ({ store }) => {
      const job = await enqueueAndClaim(store)
      const calls: ((transaction: Transaction) => Promise<unknown>)[] = [
        (transaction) => transaction.query("select 1"),
        (transaction) => transaction.exec("select 1"),
        (transaction) => transaction.insertColumns({ table: "t", columns: {}, values: [] }),
      ]
      for (const call of calls) {
        const work = async (transaction: Transaction): Promise<unknown> => {
          await store.apply([changes.completed(leaseOf(job), "done")], transaction)
          return call(transaction)
        }
        await expect(store.transaction(work)).rejects.toMatchObject({ code: "UNSUPPORTED" })
        expect(await read(store, job)).toEqual(job)
      }
    })
  } else {
    test("lets SQL share the fate of the job's change", async ({ store }) => {
      const rows = await store.transaction((transaction) =>
        transaction.query<{ answer: number }>("select $1::int as answer", [42]),
      )
      expect(rows).toEqual([{ answer: 42 }])
    })
  }
}
