import type { Job } from "@assay/core"
import { addAnalysis, findAnalysis } from "../rows/analysis-rows.js"
import type { AnalysisChange, AnalysisRow } from "../rows/analysis-rows.js"
import { changeRow, repositoryGone, wasRedriven } from "./analysis-run.js"
import type { AnalysisAttempt } from "./analysis-run.js"
import { toError } from "./job-failure.js"

/**
 * Sees to it that there is a row, and that it fits the job. Throws the failure that an earlier attempt has written down when it
 * crashed before the job had failed: to go on would ask, and bill, again. A job that somebody redrives begins anew.
 */
export async function beginAttempt(
  context: AnalysisAttempt["context"],
  job: Pick<Job, "stage"> | undefined,
): Promise<AnalysisRow> {
  const { jobId: id, tenant, input } = context
  return context.transaction(async (transaction) => {
    await addAnalysis(transaction, { id, tenant, input, hasToken: context.hasSecret("token") })
    const row = await findAnalysis(transaction, id, tenant)
    if (!row) throw repositoryGone(input.repositoryId)
    if (wasRedriven(job, row)) return changeRow({ context }, transaction, startAfresh(row))
    if (row.finished_at && row.failure) throw toError(row.failure)
    return row.begun_at ? row : changeRow({ context }, transaction, { begun_at: "now" })
  })
}

/** What is kept is what stays true: the commit, and a project that is parsed. */
function startAfresh(row: AnalysisRow): AnalysisChange {
  const isReady = row.project_status === "ready"
  return {
    ...{ stage: null, finished_at: null, failure: null, raw: null, begun_at: "now" },
    ...{ looks: 0, postponed: 0, unauthorized: false, sourced: row.commit !== null },
    ...(isReady
      ? {}
      : {
          ...{ project_id: null, project_status: null, parsed_by: null, parse_remark: null, parsing_since: null },
          parse_anew: row.failure?.code === "POTPIE_TIMEOUT",
        }),
  }
}
