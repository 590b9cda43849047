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
  const run = async (text: string, entries: readonly Entry[]): Promise<void> => {
    const values = applyStatement.values(
      entries.map(({ change }) => change),
      time,
    )
    const apply = (): Promise<ChangedRow[]> => (transaction ?? database).query<ChangedRow>(text, values)
    // The conflict key: a redriven job may find that another one took it since the statement began.
    const rows = await (transaction ? apply() : tryAgain(apply, ["jobs_conflict_key"]))
    for (const row of rows) answers[entries[row.position - 1]?.index as number] = toJob(row)
  }

  for (const round of rounds(changes)) {
    const plain = round.filter(({ change }) => applyStatement.isPlain(change))
    if (plain.length > 0) await run(applyStatement.plain, plain)
    // Those that were not applied lost a race, or another job follows theirs.
    const rest = round.filter(({ change, index }) => answers[index] === undefined && mayNeedMore(change))
    if (rest.length > 0) await run(applyStatement.all, rest)
  }
  return answers
}

function mayNeedMore(change: JobChange): boolean {
  return !applyStatement.isPlain(change) || change.rerunId !== undefined
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
