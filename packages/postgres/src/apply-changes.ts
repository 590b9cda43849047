import type { Database, Job, JobChange, JobId, Transaction } from "@assay/core"
import { toJob } from "./rows.js"
import type { JobRow } from "./rows.js"
import { applyStatement } from "./statements/apply.js"
import { tryAgain } from "./try-again.js"

export interface WriteContext {
  database: Database
  /** The caller's own. Without it each statement is one. */
  transaction: Transaction | undefined
  /** What a test has set. */
  time: Date | undefined
}

export async function applyChanges(
  { database, transaction, time }: WriteContext,
  changes: readonly JobChange[],
): Promise<(Job | undefined)[]> {
  const answers = new Array<Job | undefined>(changes.length)
  for (const round of rounds(changes)) {
    const values = applyStatement.values(
      round.map(({ change }) => change),
      time,
    )
    const run = (on: Transaction): Promise<ChangedRow[]> => on.query<ChangedRow>(applyStatement.text, values)
    // The conflict key: a redriven job may find that another one took it since the statement began.
    const rows = transaction ? await run(transaction) : await tryAgain(() => run(database), ["jobs_conflict_key"])
    for (const row of rows) answers[round[row.position - 1]?.index as number] = toJob(row)
  }
  return answers
}

type ChangedRow = JobRow & { position: number }

interface Entry {
  readonly change: JobChange
  readonly index: number
}

/** A statement changes a row once. Several changes of one job take turns, in their order. */
function rounds(changes: readonly JobChange[]): Entry[][] {
  const taken = new Map<JobId, number>()
  const result: Entry[][] = []
  changes.forEach((change, index) => {
    const round = taken.get(change.jobId) ?? 0
    taken.set(change.jobId, round + 1)
    ;(result[round] ??= []).push({ change, index })
  })
  return result
}
