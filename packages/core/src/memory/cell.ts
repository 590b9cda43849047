import type { Transaction } from "../database.js"
import { AssayError } from "../errors.js"

/**
 * A value kept in memory that can be changed in a transaction. A transaction works on a copy, which becomes the value when
 * it commits; until then everybody else sees the old one, and whoever wants to change it waits.
 */
export interface Cell<State> {
  /** What is committed. */
  readonly state: State
  /** Runs `work` at once on the transaction's copy, or on the value itself as soon as no transaction has it. */
  change<Value>(transaction: Transaction | undefined, work: (state: State) => Value): Promise<Value>
}

/** A cell that was taken by a transaction. */
interface Part {
  readonly state: unknown
  commit(): void
  release(): void
}

interface MemoryTransaction extends Transaction {
  readonly parts: Map<Cell<unknown>, Part>
}

export function createCell<State>(initial: State, copy: (state: State) => State): Cell<State> & Transactional {
  let state = initial
  let turn: Promise<void> = Promise.resolve()

  const acquire = async (): Promise<() => void> => {
    const before = turn
    let release = (): void => {}
    turn = new Promise((resolve) => (release = resolve))
    await before
    return release
  }

  const take = async (transaction: MemoryTransaction): Promise<State> => {
    const known = transaction.parts.get(cell)
    if (known) return known.state as State
    const release = await acquire()
    const draft = copy(state)
    transaction.parts.set(cell, { state: draft, commit: () => (state = draft), release })
    return draft
  }

  const cell: Cell<State> & Transactional = {
    get state() {
      return state
    },
    async change(transaction, work) {
      if (transaction) return work(await take(ours(transaction)))
      const release = await acquire()
      try {
        return work(state)
      } finally {
        release()
      }
    },
    async transaction(work) {
      const transaction = createMemoryTransaction()
      await take(transaction)
      try {
        const value = await work(transaction)
        for (const part of transaction.parts.values()) part.commit()
        return value
      } finally {
        for (const part of transaction.parts.values()) part.release()
        transaction.parts.clear()
      }
    },
  }
  return cell
}

/** Starts transactions, one at a time. Cells that belong to others may join them. */
export interface Transactional {
  transaction<Value>(work: (transaction: Transaction) => Promise<Value>): Promise<Value>
}

function createMemoryTransaction(): MemoryTransaction {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new AssayError("UNSUPPORTED", "The memory store has no database to run SQL on.", {
        hint: "Use @assay/postgres for handlers that write SQL; `memory:` opens a database that needs no server.",
      }),
    )
  return { parts: new Map(), query: refuse, exec: refuse, insertColumns: refuse }
}

function ours(transaction: Transaction): MemoryTransaction {
  if ("parts" in transaction) return transaction as MemoryTransaction
  throw new AssayError("UNSUPPORTED", "The memory store cannot take part in another store's transaction.")
}
