import { z } from "zod"
import type { Connection } from "../http/connection.js"
import { makeCall } from "../http/make-call.js"
import { withDefaults } from "../http/with-defaults.js"
import type { CallOptions } from "./call-options.js"
import { type ProjectPhase, toPhase } from "./project-status.js"

export interface Project {
  projectId: string
  repoName: string | undefined
  branchName: string | undefined
  status: string
  phase: ProjectPhase
}

const body = z.array(
  z.object({
    id: z.string(),
    repo_name: z.string().nullish(),
    branch_name: z.string().nullish(),
    status: z.string().catch("unknown"),
  }),
)

export async function listProjects(connection: Connection, { signal, timeouts }: CallOptions = {}): Promise<Project[]> {
  const call = {
    method: "GET",
    path: "/api/v2/projects/list",
    harmless: true,
    timeouts: withDefaults(connection.timeouts.calls, timeouts),
    signal,
  }
  const projects = await makeCall(connection, call, { schema: body })
  return projects.map(({ id, repo_name, branch_name, status }) => ({
    projectId: id,
    repoName: repo_name ?? undefined,
    branchName: branch_name ?? undefined,
    status,
    phase: toPhase(status),
  }))
}
