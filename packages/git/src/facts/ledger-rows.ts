import type { Transaction } from "@assay/core"
import type { FactScope } from "./fact-scope.js"
import { repeated } from "./fact-scope.js"
import { packLedger } from "./pack-ledger.js"
import type { LedgerBlock } from "./pack-ledger.js"
import { packRuns, unpackRuns } from "./pack-runs.js"
import { retireRows } from "./remove-rows.js"
import { countLines } from "./splice-runs.js"
import type { Runs } from "./splice-runs.js"

/** Up to where the first-parent chain has been counted. */
export interface LedgerEnd {
  /** How many commits of the chain. */
  readonly length: number
  readonly lastOid: string
  /** The running maximum of the committers' times, in seconds since 1970. */
  readonly lastTime: number
}

export async function readLedgerEnd(scope: FactScope): Promise<LedgerEnd | undefined> {
  const [row] = await scope.transaction((transaction) =>
    transaction.query<LedgerEnd & Record<string, unknown>>(
      `select first_position + commits as length, encode(last_oid, 'hex') as "lastOid", last_time as "lastTime"
      from assay.ledger_blocks where repository_id = $1 and removed_in is null
      order by first_position desc limit 1`,
      [scope.repositoryId],
    ),
  )
  return row
}

/** Takes out all that was counted along the first parents, for it to be counted anew. */
export async function retireLedger(scope: FactScope, snapshot: number): Promise<void> {
  for (const table of ["ledger_blocks", "file_lines"] as const) await retireRows(scope, table, snapshot)
}

/** When the lines of these files were born, as of the end of the ledger. */
export async function readRuns(scope: FactScope, pathIds: readonly number[]): Promise<Map<number, Runs>> {
  const rows = await scope.transaction((transaction) =>
    transaction.query<{ path_id: number; data: Uint8Array }>(
      `select path_id, data from assay.file_lines
      where repository_id = $1 and path_id = any($2::int[]) and removed_in is null`,
      [scope.repositoryId, pathIds],
    ),
  )
  return new Map(
    rows.map((row) => {
      const { born, count } = unpackRuns(row.data)
      const runs = new Int32Array(born.length * 2)
      for (let at = 0; at < born.length; at++) [runs[at * 2], runs[at * 2 + 1]] = [born[at]!, count[at]!]
      return [row.path_id, runs]
    }),
  )
}

export interface FileRuns {
  readonly pathId: number
  /** None for a file that is gone, or has no lines. */
  readonly runs: Runs
}

/** Puts these lines in the place of those that the files had before, as of the snapshot that is being built. */
export async function writeRuns(
  transaction: Transaction,
  { tenant, repositoryId }: FactScope,
  batch: { files: readonly FileRuns[]; snapshot: number },
): Promise<void> {
  const { snapshot } = batch
  const changed = batch.files.map(({ pathId }) => pathId)
  await transaction.query(
    `delete from assay.file_lines where repository_id = $1 and path_id = any($3::int[]) and added_in = $2`,
    [repositoryId, snapshot, changed],
  )
  await transaction.query(
    `update assay.file_lines set removed_in = $2
    where repository_id = $1 and path_id = any($3::int[]) and removed_in is null`,
    [repositoryId, snapshot, changed],
  )
  const files = batch.files.filter(({ runs }) => runs.length > 0)
  await transaction.insertColumns({
    table: "assay.file_lines",
    columns: { tenant: "text", repository_id: "int", path_id: "int", data: "bytea", added_in: "int" },
    values: [
      repeated(tenant, files.length),
      repeated(repositoryId, files.length),
      files.map(({ pathId }) => pathId),
      files.map(({ runs }) =>
        packRuns({ born: runs.filter((_, at) => at % 2 === 0), count: runs.filter((_, at) => at % 2 === 1) }),
      ),
      repeated(snapshot, files.length),
    ],
  })
}

/** Adds what was counted of the next stretch of the chain. */
export async function writeLedger(
  transaction: Transaction,
  { tenant, repositoryId }: FactScope,
  stretch: { block: LedgerBlock; lastOid: string; lastTime: number; snapshot: number },
): Promise<void> {
  const { block, lastOid, lastTime, snapshot } = stretch
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
  await transaction.query(
    `insert into assay.ledger_blocks
      (tenant, repository_id, number, first_position, commits, last_oid, last_time, lines_added, lines_died, data, added_in)
    select $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7, $8, $9, $10
    from assay.ledger_blocks where repository_id = $2`,
    [
      ...[tenant, repositoryId, block.firstPosition, block.id.length, Buffer.from(lastOid, "hex"), lastTime],
      ...[sum(block.added), sum(block.deaths.map(countLines)), packLedger(block), snapshot],
    ],
  )
}
