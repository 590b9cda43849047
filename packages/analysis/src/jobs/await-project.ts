import { PotpieError } from "@assay/potpie-client"
import { AnalysisError } from "../errors.js"
import { longestPostponementMs, reportProgress, writeRow } from "./analysis-run.js"
import type { AnalysisRun } from "./analysis-run.js"

/** How far along Potpie's words are. The others leave the progress where it is. */
const progressOf: Readonly<Record<string, number>> = { submitted: 30, cloned: 34, parsed: 40, inferring: 45, ready: 50 }

/**
 * Looks once whether Potpie has parsed the project. How long to wait until the next look, in milliseconds; `undefined` when it is
 * ready. Trouble while looking is no reason to give up: the project is still there.
 */
export async function awaitProject(run: AnalysisRun): Promise<number | undefined> {
  const { context, settings } = run
  if (run.row.project_status === "ready") return undefined
  let status: string | undefined
  let leastMs = 0
  if (run.row.looks > 0) {
    try {
      status = await look(run)
    } catch (error) {
      if (context.signal.aborted || !PotpieError.isInstance(error) || !error.retryable) throw error
      leastMs = Math.min(error.retryAfterMs ?? 0, longestPostponementMs)
      context.log.warn({ code: error.code }, "the status of the project could not be read; it will be tried again")
    }
  }
  if (status === "ready") {
    await writeRow(run, { project_status: status, parsed_at: "now" })
    return undefined
  }
  await writeRow(run, { looks: run.row.looks + 1, ...(status === undefined ? {} : { project_status: status }) })
  if (status === "error" || status === "failed") throw parseFailed(run)
  if ((run.row.parsing_ms ?? 0) > settings.parseTimeoutMs) throw parseTimedOut(run)
  const progress = progressOf[status ?? run.row.project_status ?? ""]
  if (progress !== undefined) reportProgress(run, progress)
  const { firstMs, maxMs } = settings.polling
  // Jitter: those who began together do not ask together for ever.
  const delayMs = Math.min(maxMs, firstMs * 1.2 ** run.row.looks) * (0.9 + Math.random() * 0.2)
  return Math.max(leastMs, delayMs)
}

/**
 * By name, as long as that finds this very project: to ask by id queues the whole parse again whenever it has been `submitted` for
 * ten minutes, and some lineages are `submitted` all the time.
 */
async function look({ potpie, context, row }: AnalysisRun): Promise<string> {
  const { signal } = context
  const { repo: repoName, branch: branchName } = context.input
  const source = row.parsed_by === "commit" ? { commitId: row.commit ?? "" } : { branchName }
  const found = await potpie.findProject({ repoName, ...source }, { signal })
  if (found?.projectId === row.project_id) return found.status
  return (await potpie.status(row.project_id ?? "", { signal })).status
}

function parseFailed({ row }: AnalysisRun): AnalysisError {
  const what = row.parsed_by === "commit" ? `commit ${row.commit}` : `branch ${row.branch}`
  return new AnalysisError(
    "POTPIE_PARSE_FAILED",
    `Potpie could not parse ${row.repo} at ${what}: it says ${row.project_status}.`,
  )
}

function parseTimedOut({ row, settings }: AnalysisRun): AnalysisError {
  const minutes = Math.round(settings.parseTimeoutMs / 6_000) / 10
  return new AnalysisError(
    "POTPIE_TIMEOUT",
    `Potpie has not parsed ${row.repo} within ${minutes} minutes; its last status was ${row.project_status}.`,
  )
}
