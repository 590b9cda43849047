import { test } from "vitest"
import type { JobReader, JobStore } from "../../store.js"
import type { ControllableClock } from "../controllable-clock.js"
import { controllableClock } from "../controllable-clock.js"

/** A store to be tested. Disposed of after its test, after it was closed. */
export type TestedStore = JobStore & JobReader & Partial<AsyncDisposable>

export interface StoreSuiteOptions {
  /**
   * Makes a store that is empty and shares nothing with those made before, and whose time is `clock.now()` and nothing
   * else: leases, due moments and every `…At` follow it. Called for each test, and for each run of the property test.
   */
  create(clock: ControllableClock): TestedStore | Promise<TestedStore>
  /** What the store cannot do. The tests that need it are shown as skipped. */
  supports?: StoreSupport
  /** The property test. */
  property?: PropertyOptions
}

export interface PropertyOptions {
  /** How many random histories are tried. Default 60. */
  readonly runs?: number
  /** Whether a history that failed is made as short as possible, which may take a minute. Default `true`. */
  readonly shrink?: boolean
  /** What to replay, as a failure printed it. */
  readonly seed?: number
  readonly path?: string
  readonly replayPath?: string
}

export interface StoreSupport {
  /** SQL through the transaction it hands out. Default `false`: `query`, `exec` and `insertColumns` are `UNSUPPORTED`. */
  readonly sql?: boolean
  /** Others can read while a transaction is open; a database with a single session (PGlite) cannot. Default `true`. */
  readonly readsDuringTransactions?: boolean
}

export interface StoreContext {
  readonly store: TestedStore
  readonly clock: ControllableClock
}

/** Declares one test on a store of its own. */
export type StoreTest = (name: string, run: (context: StoreContext) => Promise<void>) => void

export function storeTest(options: StoreSuiteOptions): StoreTest {
  return (name, run) =>
    test(name, async () => {
      await using context = await openStore(options)
      await run(context)
    })
}

export async function openStore(options: StoreSuiteOptions): Promise<StoreContext & AsyncDisposable> {
  const clock = controllableClock()
  const store = await options.create(clock)
  return {
    store,
    clock,
    async [Symbol.asyncDispose]() {
      await store.close()
      await store[Symbol.asyncDispose]?.()
    },
  }
}
