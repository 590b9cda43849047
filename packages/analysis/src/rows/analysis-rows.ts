import type { AnalysisInput } from "../jobs/definitions.js"
import type { JobFailure, JobId, Json, SnippetVerification, Transaction } from "@assay/core"

/** What is remembered of an analysis. */
export interface AnalysisRow {
  id: JobId
  tenant: string
  repository_id: number
  repo: string
  branch: string
  question: string | null
  has_token: boolean
  stage: string | null
  sourced: boolean
  source_remark: string | null
  commit: string | null
  parsed_by: "commit" | "branch" | null
  parse_remark: string | null
  parse_anew: boolean
  project_id: string | null
  project_status: string | null
  parsed_at: Date | null
  /** Since Potpie began to parse, in milliseconds. */
  parsing_ms: number | null
  looks: number
  postponed: number
  unauthorized: boolean
  response: Json | null
  /** Whether there is an answer: what it says may be null. */
  answered: boolean
  metadata: Readonly<Record<string, Json>> | null
  snippets_count: number | null
  verification: Readonly<Record<SnippetVerification, number>> | null
  processing_ms: number | null
  raw: string | null
  failure: JobFailure | null
  created_at: Date
  begun_at: Date | null
  finished_at: Date | null
}

const columns = `id, tenant, repository_id, repo, branch, question, has_token, stage, sourced, source_remark, commit, parsed_by,
  parse_remark, parse_anew, project_id, project_status, parsed_at, looks, postponed, unauthorized, response,
  response is not null as answered, metadata, snippets_count, verification, processing_ms, raw, failure,
  created_at, begun_at, finished_at,
  extract(epoch from clock_timestamp() - parsing_since)::float8 * 1000 as parsing_ms`

type Query = Pick<Transaction, "query">

export interface NewAnalysis {
  id: JobId
  tenant: string
  input: AnalysisInput
  hasToken: boolean
}

/** Sees to it that there is a row, if there is such a repository. A row that is there stays as it is. */
export async function addAnalysis(on: Query, { id, tenant, input, hasToken }: NewAnalysis): Promise<void> {
  await on.query(
    `insert into assay.analyses (id, tenant, repository_id, repo, branch, question, has_token)
    select $1::text, tenant, id, $4::text, $5::text, $6::text, $7::boolean
    from assay.repositories where id = $3 and tenant = $2
    on conflict (id) do nothing`,
    [id, tenant, input.repositoryId, input.repo, input.branch, input.question, hasToken],
  )
}

type Stamp = "begun_at" | "finished_at" | "parsing_since" | "parsed_at"

/** What is written. Names of columns, never from outside. */
export type AnalysisChange = Partial<
  Omit<AnalysisRow, "id" | "tenant" | "parsing_ms" | "answered" | Stamp> & {
    fence: number
    /** Set to the time of the database, or to nothing. */
    [stamp: string]: unknown
  } & Record<Stamp, "now" | null>
>

const jsonColumns = new Set(["response", "metadata", "verification", "failure"])

/** The row afterwards; `undefined` if it is gone, which it is together with its repository only. */
export async function updateAnalysis(on: Query, id: JobId, change: AnalysisChange): Promise<AnalysisRow | undefined> {
  const values: unknown[] = [id]
  const sets = Object.entries(change).flatMap(([name, value]) => {
    if (value === undefined) return []
    if (value === "now" && /_at$|_since$/.test(name)) return [`${name} = now()`]
    const isJson = jsonColumns.has(name) && (value !== null || name === "response")
    const place = values.push(isJson ? JSON.stringify(value) : value)
    return [`${name} = $${place}${jsonColumns.has(name) ? "::text::json" : ""}`]
  })
  const [row] = await on.query<AnalysisRow>(
    `update assay.analyses set ${sets.join(", ")} where id = $1 returning ${columns}`,
    values,
  )
  return row
}

export async function findAnalysis(on: Query, id: string, tenant: string): Promise<AnalysisRow | undefined> {
  const [row] = await on.query<AnalysisRow>(`select ${columns} from assay.analyses where id = $1 and tenant = $2`, [
    id,
    tenant,
  ])
  return row
}

/** The newest about a project of Potpie. */
export async function findByProject(on: Query, projectId: string, tenant: string): Promise<AnalysisRow | undefined> {
  const [row] = await on.query<AnalysisRow>(
    `select ${columns} from assay.analyses where project_id = $1 and tenant = $2 order by id desc limit 1`,
    [projectId, tenant],
  )
  return row
}

export interface AnalysisRowQuery {
  tenant: string
  repositoryId: number | undefined
  before: string | undefined
  limit: number
}

/** Newest first: ids sort by the time they were made. */
export async function listAnalyses(on: Query, query: AnalysisRowQuery): Promise<AnalysisRow[]> {
  return on.query<AnalysisRow>(
    `select ${columns} from assay.analyses
    where tenant = $1 and ($2::int is null or repository_id = $2) and ($3::text is null or id < $3)
    order by id desc limit $4`,
    [query.tenant, query.repositoryId, query.before, query.limit],
  )
}
