import { path, PotpieError } from "@assay/potpie-client"
import type { FoundProject, ParseInput } from "@assay/potpie-client"
import { z } from "zod"
import { writeRow } from "./analysis-run.js"
import type { AnalysisRun } from "./analysis-run.js"

/**
 * Has Potpie parse the commit, or finds the project that did. It is looked for first: after a crash between the call and its being
 * remembered it is there already, and to call again would queue the whole parse once more.
 */
export async function beginParse(run: AnalysisRun): Promise<void> {
  const { row } = run
  if (row.project_id !== null) return
  const { repo: repoName, branch: branchName } = run.context.input
  if (row.commit !== null) {
    const pinned = { repoName, branchName, commitId: row.commit }
    const found = await look(run, { repoName, commitId: row.commit })
    if (found?.phase !== "failed") return remember(run, await adoptOrParse(run, { found, input: pinned }), "commit")
    // Asked again, every lineage calls it ready without having parsed it.
    run.context.log.warn({ commit: row.commit }, "the commit failed to parse before; its branch is parsed instead")
  }
  const input = { repoName, branchName }
  const found = await look(run, input)
  await remember(run, await adoptOrParse(run, { found, input }), "branch")
}

interface Begun {
  projectId: string
  status: string
}

function look(
  { potpie, context }: AnalysisRun,
  input: { repoName: string; branchName?: string; commitId?: string },
): Promise<FoundProject | undefined> {
  return potpie.findProject(input, { signal: context.signal })
}

async function adoptOrParse(
  run: AnalysisRun,
  { found, input }: { found: FoundProject | undefined; input: ParseInput },
): Promise<Begun> {
  // One that never became ready may have been lost by the server: it is told again.
  const isOfUse = found && (found.phase === "ready" || (found.phase === "working" && !run.row.parse_anew))
  return isOfUse ? found : parse(run, input)
}

const begunBody = z.object({ project_id: z.string().min(1), status: z.string() })

async function parse(run: AnalysisRun, input: ParseInput): Promise<Begun> {
  const { potpie, context, settings, token } = run
  const { signal } = context
  if (!settings.forwardToken || token === undefined) return potpie.parse(input, { signal })
  const { repoName: repo_name, branchName: branch_name, commitId: commit_id } = input
  const { body } = await potpie.request({
    method: "POST",
    path: path`/api/v2/parse`,
    body: { repo_name, branch_name, commit_id, github_token: token },
    signal,
  })
  const begun = begunBody.safeParse(body)
  if (!begun.success)
    throw new PotpieError("POTPIE_BAD_RESPONSE", "Potpie's answer to a parse has another shape than any known one.")
  return { projectId: begun.data.project_id, status: begun.data.status }
}

async function remember(run: AnalysisRun, { projectId, status }: Begun, by: "commit" | "branch"): Promise<void> {
  const failedBefore = by === "branch" && run.row.commit !== null
  await writeRow(run, {
    ...{ project_id: projectId, project_status: status, parsed_by: by, parsing_since: "now", parse_anew: false },
    ...(status === "ready" ? { parsed_at: "now" as const } : {}),
    parse_remark: failedBefore ? `Commit ${run.row.commit} failed to parse before, so the branch was parsed.` : null,
  })
}
