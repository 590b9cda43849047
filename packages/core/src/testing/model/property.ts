import * as fc from "fast-check"
import { expect, test } from "vitest"
import type { Job } from "../../job.js"
import type { StoreContext, StoreSuiteOptions, TestedStore } from "../store/store-test.js"
import { openStore } from "../store/store-test.js"
import { createInvariants } from "./invariants.js"
import { actualRow, expectedHistory, expectedRow, historyOf } from "./comparison.js"
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
        const model: Model = {
          worlds: [{ now: context.clock.now(), jobs: new Map(), paused: false, starts: [] as JobModel["starts"] }],
        }
        await fc.asyncModelRun(() => ({ model, real: { ...context, check: createInvariants() } }), history)
        expectFit(await historyOf(context.store), model.worlds, expectedHistory)
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

/**
 * What may be the case, as far as anybody can see. When two things happen at once, either may have come first, and what
 * can be seen now need not tell: then both worlds are remembered until something does.
 */
interface Model {
  worlds: JobModel[]
}

interface Real extends StoreContext {
  readonly check: (jobs: readonly Job[]) => void
}

type Command = fc.AsyncCommand<Model, Real>

function commands(): fc.Arbitrary<Command>[] {
  const single = fc.oneof({ weight: 3, arbitrary: writes() }, { weight: 2, arbitrary: others() })
  const several = fc.array(writes(), { minLength: 1, maxLength: 3 })
  return [
    ...Array.from({ length: 8 }, () => single.map((plan) => command([plan], inTurn))),
    fc.constantFrom(1, 250, 701, 1003, 1507, 29_003).map(passTime),
    several.map((plans) => command(plans, inTransaction)),
    several.map((plans) => command(plans, inUndoneTransaction)),
    fc.tuple(writes(), writes()).map((plans) => command(plans, atOnce)),
  ]
}

/** A way to do several things: to the store, and to a world, of which it may leave more than one. */
interface Way {
  readonly text: string
  onStore(operations: readonly Operation[], store: TestedStore): Promise<unknown[]>
  onWorld(operations: readonly Operation[], world: JobModel): Branch[]
}

interface Branch {
  readonly world: JobModel
  readonly answers: unknown[]
}

const inTurn: Way = {
  text: "",
  async onStore(operations, store) {
    const answers: unknown[] = []
    for (const operation of operations) answers.push(await operation.onStore(store))
    return answers
  },
  onWorld: (operations, before) => {
    const world = structuredClone(before)
    return [{ world, answers: operations.map((operation) => operation.onModel(world)) }]
  },
}

const inTransaction: Way = {
  text: "in a transaction: ",
  onStore: (operations, store) =>
    store.transaction(async (transaction) => {
      const answers: unknown[] = []
      for (const operation of operations) answers.push(await operation.onStore(store, transaction))
      return answers
    }),
  onWorld: inTurn.onWorld,
}

const inUndoneTransaction: Way = {
  text: "in a transaction that is undone: ",
  async onStore(operations, store) {
    const undo = new Error("undo")
    const answers: unknown[] = []
    const work = store.transaction(async (transaction) => {
      for (const operation of operations) answers.push(await operation.onStore(store, transaction))
      throw undo
    })
    await expect(work).rejects.toBe(undo)
    return answers
  },
  onWorld: (operations, before) => inTurn.onWorld(operations, before).map((branch) => ({ ...branch, world: before })),
}

/** Either may come first, but it has to be as if one did. */
const atOnce: Way = {
  text: "at once: ",
  onStore: (operations, store) => Promise.all(operations.map((operation) => operation.onStore(store))),
  onWorld: (operations, before) => [
    ...inTurn.onWorld(operations, before),
    ...inTurn
      .onWorld([...operations].reverse(), before)
      .map((branch) => ({ ...branch, answers: [...branch.answers].reverse() })),
  ],
}

function command(plans: readonly Plan[], way: Way): Command {
  let text = `${way.text}${plans.length} operations`
  return {
    check: () => true,
    async run(model, { store, check }) {
      const operations = plans.map((plan) => plan(model.worlds[0] as JobModel))
      text = way.text + operations.map((operation) => operation.text).join("; ")
      const answers = await way.onStore(operations, store)
      const jobs = await allJobs(store)
      const branches = model.worlds.flatMap((world) => way.onWorld(operations, world))
      const seen = { answers, rows: jobs.map(actualRow) }
      const fitting = expectFit(seen, branches, (branch) => ({
        answers: branch.answers,
        rows: inOrder([...branch.world.jobs.values()].map(expectedRow)),
      }))
      model.worlds = distinct(fitting.map(({ world }) => world))
      check(jobs)
    },
    toString: () => text,
  }
}

function passTime(ms: number): Command {
  return {
    check: () => true,
    async run(model, { clock }) {
      const leases = model.worlds.flatMap(({ jobs }) => [...jobs.values()].map(({ leaseUntil }) => leaseUntil))
      await clock.advance(ms)
      // Whether a lease has expired in the very millisecond in which it ends is left open.
      while (leases.includes(clock.now())) await clock.advance(1)
      for (const world of model.worlds) world.now = clock.now()
    },
    toString: () => `${ms} ms pass`,
  }
}

/** Those of the candidates that look like what was seen; fails, comparing with the first, when none does. */
function expectFit<Candidate>(
  seen: unknown,
  candidates: Candidate[],
  look: (candidate: Candidate) => unknown,
): Candidate[] {
  const fitting = candidates.filter((candidate) => isEqual(seen, look(candidate)))
  if (fitting.length === 0) expect(seen).toEqual(look(candidates[0] as Candidate))
  return fitting
}

function distinct(worlds: readonly JobModel[]): JobModel[] {
  return worlds.filter((world, index) => !worlds.slice(0, index).some((earlier) => isEqual(world, earlier)))
}

function isEqual(actual: unknown, expected: unknown): boolean {
  try {
    expect(actual).toEqual(expected)
    return true
  } catch {
    return false
  }
}

async function allJobs(store: TestedStore): Promise<Job[]> {
  return inOrder((await store.list({ limit: 1000 })).jobs)
}

function inOrder<Row extends { readonly id: string }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((a, b) => (a.id < b.id ? -1 : 1))
}
