import { z } from "zod"
import type { Call, Connection } from "../http/connection.js"
import { makeCall } from "../http/make-call.js"
import { withDefaults } from "../http/with-defaults.js"
import type { CallOptions } from "./call-options.js"
import { checkText, invalidInput } from "./check-input.js"
import { findProject, type ProjectPhase, toPhase } from "./project-status.js"

export type ParseInput =
  /** Follows a branch. A branch that was parsed before is `ready` at once, even if it has moved on since. */
  | { repoName: string; branchName: string; commitId?: undefined; repoPath?: undefined }
  /** Pinned: one project per repository and commit. The branch is kept beside it, and finds nothing. */
  | { repoName: string; commitId: string; branchName?: string | undefined; repoPath?: undefined }
  /** A folder on the server itself, in development mode only. Makes a new project each time. */
  | { repoPath: string; repoName?: undefined; branchName?: string | undefined; commitId?: string | undefined }

export interface ParsedProject {
  projectId: string
  /** `submitted`, `ready`, or `inferring` (not at J). */
  status: string
  phase: ProjectPhase
  /** What was asked for, so that `waitUntilReady` can ask for it in the way that has no side effects. */
  source: ParseInput
}

const body = z.object({ project_id: z.string().min(1), status: z.string() })

export async function parse(
  connection: Connection,
  source: ParseInput,
  options: CallOptions = {},
): Promise<ParsedProject> {
  checkSource(source)
  const { repoName, branchName, commitId, repoPath } = source
  const call: Call = {
    method: "POST",
    path: "/api/v2/parse",
    body: { repo_name: repoName, branch_name: branchName, commit_id: commitId, repo_path: repoPath },
    // A local folder makes a new project each time, and cannot be found again.
    harmless: repoPath === undefined,
    timeouts: withDefaults(connection.timeouts.calls, options.timeouts),
    signal: options.signal,
  }
  // A second request would queue the whole parse again. If the first one arrived after all, there is a project by now.
  const recover = async (): Promise<z.output<typeof body> | undefined> => {
    if (repoName === undefined) return undefined
    const found = await findProject(connection, { repoName, branchName, commitId }, options)
    return found && found.phase !== "failed" ? { project_id: found.projectId, status: found.status } : undefined
  }
  const { project_id: projectId, status } = await makeCall(connection, call, { schema: body, recover })
  return { projectId, status, phase: toPhase(status), source }
}

/** What the server would accept and then let end as `error`, without a reason, is refused here with one. */
function checkSource({ repoName, branchName, commitId, repoPath }: ParseInput): void {
  if (repoPath !== undefined) return checkText(repoPath, "repoPath")
  checkText(repoName, "repoName")
  if (!/^[^/\s~.][^/\s]*\/[^/\s]+$/.test(repoName)) {
    throw invalidInput("repoName", "must be spelled owner/repo", "The server accepts it otherwise, and fails later.")
  }
  if (!commitId && !branchName) {
    throw invalidInput("branchName", "must be given, or else commitId", "Without both the server fails after a while.")
  }
}
