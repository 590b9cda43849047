import { z } from "zod"
import { PotpieError } from "../errors.js"
import type { Call, Connection } from "../http/connection.js"
import { makeCall } from "../http/make-call.js"
import { path } from "../http/path.js"
import { withDefaults } from "../http/with-defaults.js"
import type { CallOptions } from "./call-options.js"
import { checkText } from "./check-input.js"

/** How far the parsing of a project is. */
export interface ProjectStatus {
  projectId: string
  /**
   * The server's own word. Known are `created`, `submitted`, `cloned`, `parsed`, `processing`, `inferring`, `ready` and `error`; a
   * lineage passes through some of them only (S: `submitted`, then `ready`).
   */
  status: string
  /** What the word comes to. Unknown words mean `working`. A finished project goes back to work when it is parsed again. */
  phase: ProjectPhase
  /**
   * Whether the server believes that the project has the newest commit of its branch. It says nothing about being ready, and stays
   * `false` for ever for branches at 1.1.1, L and S. Do not wait for it.
   */
  latest: boolean
}

export type ProjectPhase = "working" | "ready" | "failed"

export interface FoundProject extends ProjectStatus {
  repoName: string
}

export interface FindProjectInput {
  /** `owner/repo`, in the very spelling that was parsed. */
  repoName: string
  /** Read only if there is no commit. Without both, only projects without a branch are found. */
  branchName?: string | undefined
  commitId?: string | undefined
}

const body = z.object({ status: z.string(), latest: z.boolean().catch(false) })
const foundBody = body.extend({ project_id: z.string(), repo_name: z.string() })

export function toPhase(status: string): ProjectPhase {
  if (status === "ready") return "ready"
  // `failed` is in documents only; a server that should say it means it.
  return status === "error" || status === "failed" ? "failed" : "working"
}

export async function getStatus(
  connection: Connection,
  projectId: string,
  options: CallOptions = {},
): Promise<ProjectStatus> {
  checkText(projectId, "projectId")
  const call = statusCall(connection, options)
  const found = await makeCall(
    connection,
    { ...call, method: "GET", path: path`/api/v2/parsing-status/${projectId}` },
    { schema: body },
  )
  return { projectId, status: found.status, phase: toPhase(found.status), latest: found.latest }
}

export async function findProject(
  connection: Connection,
  input: FindProjectInput,
  options: CallOptions = {},
): Promise<FoundProject | undefined> {
  checkText(input.repoName, "repoName")
  const call: Call = {
    ...statusCall(connection, options),
    method: "POST",
    path: "/api/v2/parsing-status",
    body: { repo_name: input.repoName, branch_name: input.branchName, commit_id: input.commitId },
  }
  const found = await undefinedIfMissing(makeCall(connection, call, { schema: foundBody }))
  if (!found) return undefined
  const { project_id: projectId, repo_name: repoName, status, latest } = found
  return { projectId, repoName, status, phase: toPhase(status), latest }
}

function statusCall(
  connection: Connection,
  { signal, timeouts }: CallOptions,
): Pick<Call, "harmless" | "timeouts" | "signal"> {
  return { harmless: true, timeouts: withDefaults(connection.timeouts.calls, timeouts), signal }
}

async function undefinedIfMissing<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if (PotpieError.isInstance(error) && error.code === "POTPIE_NOT_FOUND") return undefined
    throw error
  }
}
