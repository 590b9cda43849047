import type { Repository } from "@assay/core"
import { reportProgress, writeRow } from "./analysis-run.js"
import type { AnalysisRun } from "./analysis-run.js"
import { toJobFailure } from "./job-failure.js"

/**
 * Brings our own copy up to date, which says the commit that the branch is at. Once: an analysis is about one commit. Without a
 * copy the analysis goes on by the name of the branch, and its snippets cannot be checked.
 */
export async function findCommit(run: AnalysisRun): Promise<void> {
  if (run.row.sourced) return
  try {
    const { commit } = await fetchSource(run, run.repository)
    await writeRow(run, { sourced: true, source_remark: null, commit })
  } catch (error) {
    if (run.context.signal.aborted || !(error instanceof Error) || !isOfSource(error)) throw error
    const { code, message } = toJobFailure(error, run.token)
    run.context.log.warn({ code, message }, "the repository could not be fetched; its analysis goes on by the branch")
    await writeRow(run, { sourced: true, source_remark: `${code}: ${message}` })
  }
  reportProgress(run, 28)
}

export async function fetchSource(run: AnalysisRun, repository: Repository): Promise<{ commit: string }> {
  const { context, settings, token } = run
  if (!settings.source) throw noSource()
  return settings.source.fetch(repository, {
    branch: context.input.branch,
    signal: context.signal,
    ...(token === undefined ? {} : { token }),
  })
}

function noSource(): Error {
  return Object.assign(new Error("This worker keeps no copies of repositories."), {
    code: "NO_SOURCE",
    retryable: false,
  })
}

/** Not a failure of our own store, which the next attempt may find well again. */
function isOfSource(error: Error): boolean {
  const { code } = error as { code?: unknown }
  return code !== "UNAVAILABLE" && code !== "STALE_LEASE" && code !== "CLOSED"
}
