import type { Database, InsightExclusion, Json, Logger } from "@assay/core"
import { snapshotsKept } from "../facts/collect-garbage.js"
import { toRow } from "./answer-table.js"
import type { AnswerTable, InsightPage } from "./answer-table.js"

/** Where an answer is kept. */
export interface RememberedAs {
  readonly tenant: string
  readonly repositoryId: number
  readonly snapshot: number
  readonly key: string
}

export interface RememberedInsights {
  /** `undefined` if it was not computed yet. One indexed read, whatever the size of the answer. */
  read(as: RememberedAs, page: { offset: number; limit: number }): Promise<InsightPage | undefined>
  /** Never rejects: an answer that cannot be kept is computed again. */
  write(as: RememberedAs, table: AnswerTable): Promise<void>
}

const rowsPerPart = 100
/** A larger answer is computed for each of its pages: to write it would take longer. */
const mostRows = 100_000
/** Of a repository. Those that were computed first go first. */
const mostAnswers = 300

interface Head {
  values: Record<string, Json>
  columns: string[]
  exclusions: InsightExclusion[]
  total: number
}

export function createRememberedInsights(options: {
  database: Pick<Database, "query">
  log?: Logger | undefined
}): RememberedInsights {
  const { database, log } = options
  return {
    async read({ repositoryId, snapshot, key }, { offset, limit }) {
      const first = Math.floor(offset / rowsPerPart) + 1
      const last = limit === 0 ? first - 1 : Math.floor((offset + limit - 1) / rowsPerPart) + 1
      const parts = await database.query<{ part: number; data: unknown }>(
        `select part, data from assay.insights
        where repository_id = $1 and snapshot = $2 and key = $3 and (part = 0 or part between $4 and $5) order by part`,
        [repositoryId, snapshot, key, first, Math.min(last, 2 ** 31 - 1)],
      )
      if (parts[0]?.part !== 0) return undefined
      const { values, columns, total, ...head } = parts[0].data as Head
      // In the order in which they are told: jsonb has one of its own.
      const exclusions = head.exclusions.map(({ what, count, unit, reason }) => ({ what, count, unit, reason }))
      const start = offset - (first - 1) * rowsPerPart
      const lists = parts.slice(1).flatMap(({ data }) => data as Json[][])
      const rows = lists.slice(start, start + limit).map((list) => toRow(columns, list))
      // Somebody is removing it part by part.
      if (rows.length < Math.min(limit, Math.max(total - offset, 0))) return undefined
      return { values, columns, exclusions, total, rows }
    },
    async write(as, table) {
      if (table.lists.length > mostRows) return
      try {
        await insert(database, as, table)
      } catch (error) {
        log?.warn({ err: error, repositoryId: as.repositoryId }, "an insight could not be kept")
      }
    },
  }
}

/** In one statement, because each costs a way to the database and back, and this one a transaction of its own. */
async function insert(
  database: Pick<Database, "query">,
  as: RememberedAs,
  { values, columns, exclusions, lists }: AnswerTable,
): Promise<void> {
  const parts: unknown[] = [{ values, columns, exclusions, total: lists.length }]
  for (let at = 0; at < lists.length; at += rowsPerPart) parts.push(lists.slice(at, at + rowsPerPart))
  const { tenant, repositoryId, snapshot, key } = as
  await database.query(
    `with kept as (
      insert into assay.insights (tenant, repository_id, snapshot, key, part, data)
      select $1, $2, $3, $4, part - 1, data
      from jsonb_array_elements($5::text::jsonb) with ordinality as parts (data, part)
      on conflict do nothing
    )
    delete from assay.insights where repository_id = $2 and (
      snapshot <= $3 - ${snapshotsKept}
      or (snapshot, key) in (
        select snapshot, key from assay.insights where repository_id = $2 and part = 0
        -- This one is not among them yet.
        order by created_at desc, snapshot desc, key offset ${mostAnswers - 1}
      ))`,
    [tenant, repositoryId, snapshot, key, JSON.stringify(parts)],
  )
}
