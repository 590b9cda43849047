import type { Database, Transaction } from "@assay/core"

/** Where a job reads and writes facts: in one repository, and only as long as the job is its own. */
export interface FactScope {
  readonly tenant: string
  readonly repositoryId: number
  /**
   * A fenced transaction (`HandlerContext.transaction`). Keep it short, a few thousand rows: an embedded database has
   * one session, which everybody waits for. A job has one at a time: it hands out ids itself, and may use in the next
   * transaction what the one before has written. Do not ask for one within another.
   */
  transaction<Value>(work: (transaction: Transaction) => Promise<Value>): Promise<Value>
}

/** Repeats a step that is one short transaction each until it says that nothing was left to do. */
export async function untilDone(scope: FactScope, step: (transaction: Transaction) => Promise<boolean>): Promise<void> {
  while (!(await scope.transaction(step)));
}

/** A column of a batch in which every row has the same value. */
export function repeated<Value>(value: Value, count: number): Value[] {
  return new Array<Value>(count).fill(value)
}

/** Lets readers of facts read in the job's own short transactions. */
export function databaseOf(scope: FactScope): Pick<Database, "query"> {
  return { query: (text, values) => scope.transaction((transaction) => transaction.query(text, values)) }
}
