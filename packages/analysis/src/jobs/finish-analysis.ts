import type { Committed, Snippet } from "@assay/core"
import { readAnswer } from "../answer/read-answer.js"
import type { ReadAnswer } from "../answer/read-answer.js"
import { AnalysisError } from "../errors.js"
import { addSnippets } from "../rows/snippet-rows.js"
import { countVerdicts, leaveUnchecked, verifySnippets } from "../verification/verify-snippets.js"
import type { FileContent } from "../verification/verify-snippet.js"
import { changeRow, noteFailure, reportProgress } from "./analysis-run.js"
import type { AnalysisRun } from "./analysis-run.js"
import type { AnswerText } from "./ask-once.js"
import type { AnalysisResult } from "./definitions.js"
import { fetchSource } from "./find-commit.js"
import { toJobFailure } from "./job-failure.js"

/** Understands an answer, checks what it quotes, and keeps it; the job is done with that. */
export async function finishAnalysis(run: AnalysisRun, answered: AnswerText): Promise<Committed<AnalysisResult>> {
  const { context } = run
  const answer = await understand(run, answered)
  reportProgress(run, 90)
  const snippets = await check(run, answer)
  const { jobId: analysisId, tenant } = context
  return context.commit(async (transaction) => {
    const verification = countVerdicts(snippets)
    const { begun_at, finished_at } = await changeRow(run, transaction, {
      finished_at: "now",
      failure: null,
      raw: null,
    })
    await addSnippets(transaction, { analysisId, tenant }, snippets)
    const processingMs = Math.max(0, (finished_at?.getTime() ?? 0) - (begun_at?.getTime() ?? 0))
    run.row = await changeRow(run, transaction, {
      ...{ response: answer.response, snippets_count: snippets.length },
      metadata: { ...answer.metadata, has_github_token: run.row.has_token },
      ...{ verification, processing_ms: processingMs },
    })
    return toResult(run, { answer, snippets })
  })
}

async function understand(run: AnalysisRun, { number, text }: AnswerText): Promise<ReadAnswer> {
  try {
    return readAnswer(text, { question: run.context.input.question })
  } catch (error) {
    if (AnalysisError.isInstance(error)) await noteFailure(run, error, { number, state: "failed", raw: text })
    throw error
  }
}

/** Against the commit that Potpie was told to parse. What it parsed by the name of a branch may be any. */
async function check(run: AnalysisRun, { snippets }: ReadAnswer): Promise<Snippet[]> {
  const { row, context } = run
  if (row.commit === null) return leaveUnchecked(snippets, `There is no copy of the repository (${row.source_remark}).`)
  if (row.parsed_by !== "commit") {
    return leaveUnchecked(snippets, "The branch was parsed, so the commit that was analysed is not known.")
  }
  try {
    return await verifySnippets(snippets, (paths) => readFiles(run, paths))
  } catch (error) {
    // What is paid for is not given up because our copy cannot be read.
    if (context.signal.aborted) throw error
    const { code, message } = toJobFailure(error, run.token)
    context.log.warn({ code, message }, "the snippets could not be checked")
    return leaveUnchecked(snippets, `The copy of the repository could not be read (${code}).`)
  }
}

const mostBytes = 16 * 1024 * 1024

async function readFiles(
  run: AnalysisRun,
  paths: readonly string[],
): Promise<ReadonlyMap<string, FileContent | undefined>> {
  const { settings, repository, context, row } = run
  const read = (): Promise<ReadonlyMap<string, Uint8Array | undefined> | undefined> =>
    settings.source?.readFiles(repository, {
      ...{ commit: row.commit ?? "", paths, bytes: mostBytes },
      signal: context.signal,
    }) ?? Promise.resolve(undefined)
  // Another machine may have fetched it.
  const files = (await read()) ?? (await fetchSource(run, repository).then(read))
  if (!files)
    throw Object.assign(new Error("There is no copy with that commit here."), { code: "NO_COPY", retryable: false })
  return new Map(
    paths.map((path) => {
      const bytes = files.get(path)
      return [path, bytes && { bytes, cutOff: bytes.length >= mostBytes }]
    }),
  )
}

function toResult(run: AnalysisRun, { answer, snippets }: { answer: ReadAnswer; snippets: Snippet[] }): AnalysisResult {
  const { row, context } = run
  const nodes = snippets.length
  return {
    project_id: context.jobId,
    potpie_project_id: row.project_id ?? "",
    repo: row.repo,
    branch: row.branch,
    commit: row.parsed_by === "commit" ? row.commit : null,
    parsed_by: row.parsed_by ?? "branch",
    snippets: snippets.map((snippet) => ({
      node_id: snippet.nodeId,
      file_path: snippet.filePath ?? null,
      code: snippet.code ?? null,
      tags: [...snippet.tags],
      description: snippet.description ?? null,
      line_start: snippet.lineStart ?? null,
      line_end: snippet.lineEnd ?? null,
      verification: snippet.verification,
      remark: snippet.remark ?? null,
    })),
    snippets_count: nodes,
    analysis_response: answer.response as AnalysisResult["analysis_response"],
    verification: countVerdicts(snippets),
    metadata: {
      ...answer.metadata,
      parsed_at: (row.parsed_at ?? row.finished_at ?? new Date()).toISOString(),
      total_nodes_found: nodes,
      processed_nodes: nodes,
      has_github_token: row.has_token,
      processing_time_ms: row.processing_ms ?? 0,
      job_id: context.jobId,
    },
  }
}
