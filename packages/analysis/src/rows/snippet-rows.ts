import type { JobId, Snippet, SnippetVerification, Transaction } from "@assay/core"

type Query = Pick<Transaction, "query">

interface SnippetRow {
  node_id: string
  file_path: string | null
  code: string | null
  line_start: number | null
  line_end: number | null
  tags: string[]
  description: string | null
  verification: SnippetVerification
  remark: string | null
}

/** In their order, numbered from 1. */
export async function addSnippets(
  on: Query,
  { analysisId, tenant }: { analysisId: JobId; tenant: string },
  snippets: readonly Snippet[],
): Promise<void> {
  const rows = snippets.map((snippet, index) => ({
    number: index + 1,
    node_id: snippet.nodeId,
    file_path: snippet.filePath,
    code: snippet.code,
    line_start: snippet.lineStart,
    line_end: snippet.lineEnd,
    tags: snippet.tags,
    description: snippet.description,
    verification: snippet.verification,
    remark: snippet.remark,
  }))
  if (rows.length === 0) return
  await on.query(
    `insert into assay.analysis_snippets (
      analysis_id, tenant, number, node_id, file_path, code, line_start, line_end, tags, description, verification, remark
    )
    select $1, $2, number, node_id, file_path, code, line_start, line_end, tags, description, verification, remark
    from json_to_recordset($3::text::json) as given(
      number int, node_id text, file_path text, code text, line_start int, line_end int, tags json, description text,
      verification text, remark text
    )`,
    [analysisId, tenant, JSON.stringify(rows)],
  )
}

export async function listSnippets(on: Query, analysisId: JobId, tenant: string): Promise<Snippet[]> {
  const rows = await on.query<SnippetRow>(
    `select node_id, file_path, code, line_start, line_end, tags, description, verification, remark
    from assay.analysis_snippets where analysis_id = $1 and tenant = $2 order by number`,
    [analysisId, tenant],
  )
  return rows.map((row) => ({
    nodeId: row.node_id,
    filePath: row.file_path ?? undefined,
    code: row.code ?? undefined,
    lineStart: row.line_start ?? undefined,
    lineEnd: row.line_end ?? undefined,
    tags: row.tags,
    description: row.description ?? undefined,
    verification: row.verification,
    remark: row.remark ?? undefined,
  }))
}
