import * as fc from "fast-check"
import { expect, test } from "vitest"
import type { Job } from "../../job.js"
import type { StoreContext, StoreSuiteOptions } from "../store/store-test.js"
import { openStore } from "../store/store-test.js"
import { createInvariants } from "./invariants.js"
import { actualRow, expectedRow, expectHistory } from "./comparison.js"
import type { JobModel } from "./job-model.js"
import { others, writes } from "./operations.js"
import type { Operation, Plan } from "./operations.js"

/** How long random histories are tried, at most, in milliseconds. */
const timeLimitMs = 120_000

/**
 * Random histories: whatever is asked of a store, in whatever order, it has to answer as the lifecycle says and look as
 * the lifecycle says. A failure prints a history that is as short as fast-check could make it, and how to replay it.
 */
export function propertyTests(options: StoreSuiteOptions): void {
  const { runs = 60, shrink = true, seed, path, replayPath } = options.property ?? {}
  test(
    "answers and looks as the lifecycle says, whatever happens",
    async () => {
      const histories = fc.commands(commands(), { maxCommands: 60, size: "max", ...(replayPath ? { replayPath } : {}) })
      const property = fc.asyncProperty(histories, async (history) => {
        await using context = await openStore(options)
        const model: JobModel = { now: context.clock.now(), jobs: new Map() }
        await fc.asyncModelRun(() => ({ model, real: { ...context, check: createInvariants() } }), history)
        await expectHistory(model, context.store)
      })
      await fc.assert(property, {
        numRuns: runs,
        endOnFailure: !shrink,
        interruptAfterTimeLimit: timeLimitMs,
        ...(seed === undefined ? {} : { seed }),
        ...(path === undefined ? {} : { path }),
      })
    },
    timeLimitMs * 2,
  )
}

interface Real extends StoreContext {
  readonly check: (jobs: readonly Job[]) => void
}

type Command = fc.AsyncCommand<JobModel, Real>

function commands(): fc.Arbitrary<Command>[] {
  const single = fc.oneof({ weight: 3, arbitrary: writes() }, { weight: 2, arbitrary: others() })
  const several = fc.array(writes(), { minLength: 1, maxLength: 3 })
  return [
    ...Array.from({ length: 8 }, () => single.map((plan) => command("", [plan], inTurn))),
    fc.constantFrom(1, 250, 701, 1003, 1507).map(passTime),
    fc.tuple(several, fc.boolean()).map(([plans, keep]) => {
      return command(keep ? "in a transaction: " : "in a transaction that is undone: ", plans, inTransaction(keep))
    }),
    fc.tuple(writes(), writes()).map((plans) => command("at once: ", plans, atOnce)),
  ]
}

type Way = (operations: readonly Operation[], model: JobModel, real: Real) => Promise<void>

function command(prefix: string, plans: readonly Plan[], way: Way): Command {
  let text = `${prefix}${plans.length} operations`
  return {
    check: () => true,
    async run(model, real) {
      const operations = plans.map((plan) => plan(model))
      text = prefix + operations.map((operation) => operation.text).join("; ")
      await way(operations, model, real)
      await compare(model, real)
    },
    toString: () => text,
  }
}

const inTurn: Way = async (operations, model, { store }) => {
  for (const operation of operations) {
    expect(await operation.onStore(store), operation.text).toEqual(operation.onModel(model))
  }
}

const inTransaction =
  (keep: boolean): Way =>
  async (operations, model, { store }) => {
    const before = structuredClone(model.jobs)
    const undo = new Error("undo")
    const work = store.transaction(async (transaction) => {
      for (const operation of operations) {
        const answer = await operation.onStore(store, transaction)
        expect(answer, operation.text).toEqual(operation.onModel(model))
      }
      if (!keep) throw undo
    })
    if (keep) return work
    await expect(work).rejects.toBe(undo)
    model.jobs = before
  }

/** Either may come first, but it has to be as if one did. */
const atOnce: Way = async (operations, model, { store }) => {
  const answers = await Promise.all(operations.map((operation) => operation.onStore(store)))
  const rows = (await allJobs(store)).map(actualRow)
  const orders = [operations, [...operations].reverse()].map((order) => {
    const attempt: JobModel = { now: model.now, jobs: structuredClone(model.jobs) }
    const expected = new Map(order.map((operation) => [operation, operation.onModel(attempt)]))
    return {
      jobs: attempt.jobs,
      looks: [operations.map((operation) => expected.get(operation)), expectedRows(attempt)],
    }
  })
  const looks = [answers, rows]
  const fitting = orders.find((order) => isEqual(looks, order.looks))
  expect(looks, "as if one had come after the other").toEqual((fitting ?? orders[0])?.looks)
  if (fitting) model.jobs = fitting.jobs
}

function passTime(ms: number): Command {
  return {
    check: () => true,
    async run(model, { clock }) {
      await clock.advance(ms)
      // Whether a lease has expired in the very millisecond in which it ends is left open.
      while ([...model.jobs.values()].some(({ leaseUntil }) => leaseUntil === clock.now())) await clock.advance(1)
      model.now = clock.now()
    },
    toString: () => `${ms} ms pass`,
  }
}

async function compare(model: JobModel, { store, check }: Real): Promise<void> {
  const jobs = await allJobs(store)
  expect(jobs.map(actualRow)).toEqual(expectedRows(model))
  check(jobs)
}

function expectedRows(model: JobModel): unknown[] {
  return [...model.jobs.values()].sort((a, b) => (a.given.id < b.given.id ? -1 : 1)).map(expectedRow)
}

function isEqual(actual: unknown, expected: unknown): boolean {
  try {
    expect(actual).toEqual(expected)
    return true
  } catch {
    return false
  }
}

async function allJobs(store: StoreContext["store"]): Promise<Job[]> {
  const { jobs } = await store.list({ limit: 1000 })
  return [...jobs].sort((a, b) => (a.id < b.id ? -1 : 1))
}
