import type { Database } from "@assay/core"
import { inSnapshot } from "./in-snapshot.js"
import { unpackLedger } from "./pack-ledger.js"
import { unpackRuns } from "./pack-runs.js"
import type { FileLineBirths, LineLedger } from "./snapshot-facts.js"

const filesPerQuery = 1_000

interface Asked {
  database: Pick<Database, "query">
  repositoryId: number
  snapshot: number
}

/** `undefined` where nothing was counted along the first parents. */
export async function readLineLedger({ database, repositoryId, snapshot }: Asked): Promise<LineLedger | undefined> {
  const rows = await database.query<{ data: Uint8Array }>(
    `select data from assay.ledger_blocks where repository_id = $1 and ${inSnapshot("ledger_blocks")}
    order by first_position`,
    [repositoryId, snapshot],
  )
  if (rows.length === 0) return undefined
  const blocks = rows.map(({ data }) => unpackLedger(data))
  const length = blocks.reduce((sum, { deaths }) => deaths.reduce((own, died) => own + died.length / 2, sum), 0)
  const at = new Int32Array(length)
  const born = new Int32Array(length)
  const count = new Int32Array(length)
  let next = 0
  for (const { firstPosition, deaths } of blocks) {
    for (const [position, died] of deaths.entries()) {
      for (let pair = 0; pair < died.length; pair += 2, next++) {
        at[next] = firstPosition + position
        born[next] = died[pair]!
        count[next] = died[pair + 1]!
      }
    }
  }
  const id = Int32Array.from(blocks.flatMap((block) => block.id))
  return {
    commits: {
      length: id.length,
      id,
      authorId: Int32Array.from(blocks.flatMap(({ authorId }) => authorId)),
      time: Float64Array.from(blocks.flatMap(({ time }) => time)),
      added: Int32Array.from(blocks.flatMap(({ added }) => added)),
    },
    deaths: { length, at, born, count },
  }
}

export async function* readFileLineBirths({
  database,
  repositoryId,
  snapshot,
}: Asked): AsyncGenerator<FileLineBirths[], void, undefined> {
  for (let last = 0; ;) {
    const rows = await database.query<{ path_id: number; data: Uint8Array }>(
      `select path_id, data from assay.file_lines
      where repository_id = $1 and ${inSnapshot("file_lines")} and path_id > $3 order by path_id limit ${filesPerQuery}`,
      [repositoryId, snapshot, last],
    )
    if (rows.length > 0) yield rows.map((row) => ({ pathId: row.path_id, ...unpackRuns(row.data) }))
    if (rows.length < filesPerQuery) return
    last = rows.at(-1)!.path_id
  }
}
