import { type FakeProject, type FakeState, newId } from "./fake-state.js"
import { HttpFailure } from "./http-failure.js"
import { invalid, validateBody } from "./validate-request.js"

type Body = Record<string, unknown>

/** POST /parse */
export function parseRoute(state: FakeState, input: unknown): Body {
  const optional = "string?" as const
  const fields = { repo_name: optional, repo_path: optional, branch_name: optional, commit_id: optional }
  const body = validateBody(input, fields) as Partial<Record<keyof typeof fields, string | null>>
  const { repo_name: repoName, repo_path: repoPath } = body
  if (!repoName && !repoPath) {
    const msg = "Value error, Either repo_name or repo_path must be provided."
    throw invalid([{ type: "value_error", loc: ["body"], msg, input, ctx: { error: {} } }])
  }
  const isLocal = Boolean(repoPath) || /^(\/|~|\.\.?\/)/.test(repoName ?? "")
  if (isLocal && !state.options.development) {
    throw new HttpFailure(400, "Parsing local repositories is only supported in development mode")
  }
  const branchName = body.branch_name || null
  const commitId = body.commit_id || null
  const known = isLocal ? undefined : findProject(state, { repoName: repoName ?? "", branchName, commitId })
  if (known) return { project_id: known.id, status: parseAgain(state, known) }
  const project: FakeProject = {
    id: newId(),
    repoName: repoName || null,
    branchName,
    commitId,
    status: "",
    ahead: [],
    parses: 0,
    changedAt: 0,
  }
  state.projects.push(project)
  queueParse(state, project)
  return { project_id: project.id, status: "submitted" }
}

function parseAgain(state: FakeState, project: FakeProject): string {
  const { status } = project
  if (status === "ready" || (status === "inferring" && state.traits.answersInferring)) return status
  // The worker finds the commit stored, and takes it for done: a false `ready`, in every lineage.
  const ahead = status === "error" && project.commitId ? ["submitted", "ready"] : undefined
  queueParse(state, project, ahead)
  return "submitted"
}

function queueParse(state: FakeState, project: FakeProject, ahead = pathOf(state, project)): void {
  project.status = ahead[0] ?? "submitted"
  project.ahead = ahead.slice(1)
  project.parses++
  project.changedAt = Date.now()
}

function pathOf({ options, traits }: FakeState, { repoName, branchName, commitId }: FakeProject): readonly string[] {
  const name = repoName ?? ""
  const fails =
    options.missingRepositories?.includes(name) ||
    (repoName !== null && name.split("/").filter(Boolean).length !== 2) ||
    (repoName !== null && !branchName && !commitId)
  if (fails) return ["submitted", "error"]
  if (options.withoutCode?.includes(name)) return ["submitted", traits.withoutCode]
  return options.statuses ?? traits.statuses
}

interface Wanted {
  repoName: string
  branchName: string | null
  commitId: string | null
}

function findProject(state: FakeState, { repoName, branchName, commitId }: Wanted): FakeProject | undefined {
  return state.projects.find(
    (project) =>
      project.repoName === repoName &&
      (commitId ? project.commitId === commitId : !project.commitId && project.branchName === branchName),
  )
}

/** GET /parsing-status/{project_id} */
export function statusRoute(state: FakeState, projectId: string): Body {
  const project = state.projects.find(({ id }) => id === projectId)
  if (!project) throw new HttpFailure(404, "Project not found or access denied")
  const seen = look(state, project)
  const stuckAfterMs = state.options.stuckAfterMs ?? 600_000
  const isStuck = seen.status === "submitted" && !seen.latest && Date.now() - project.changedAt > stuckAfterMs
  if (state.traits.requeuesOnPoll && isStuck) {
    project.parses++
    project.changedAt = Date.now()
  }
  return seen
}

/** POST /parsing-status */
export function statusByNameRoute(state: FakeState, input: unknown): Body {
  const body = validateBody(input, { repo_name: "string", commit_id: "string?", branch_name: "string?" })
  const project = findProject(state, {
    repoName: String(body.repo_name),
    branchName: (body.branch_name as string | null | undefined) || null,
    commitId: (body.commit_id as string | null | undefined) || null,
  })
  if (!project) {
    throw new HttpFailure(404, "Project not found for the given repo_name and commit_id/branch_name")
  }
  return { project_id: project.id, repo_name: project.repoName, ...look(state, project) }
}

/** Each look shows the next status, so that a test need not wait for time to pass. */
function look(state: FakeState, project: FakeProject): { status: string; latest: boolean } {
  const { status } = project
  const next = project.ahead.shift()
  if (next !== undefined) {
    if (next !== status) project.changedAt = Date.now()
    project.status = next
  }
  return { status, latest: isLatest(state, project, status) }
}

function isLatest({ traits }: FakeState, { repoName, branchName }: FakeProject, status: string): boolean {
  if (!branchName) return true
  return Boolean(repoName?.includes("/")) && traits.latestForBranches && status === "ready"
}

/** GET /projects/list */
export function projectsRoute(state: FakeState): Body[] {
  return state.projects.map(({ id, repoName, branchName, status }) => ({
    id,
    repo_name: repoName,
    branch_name: branchName,
    status,
  }))
}

/** POST /search */
export function searchRoute(state: FakeState, input: unknown): Body {
  const body = validateBody(input, { project_id: "string", query: "string" })
  const query = String(body.query)
  if (query.trim() === "") {
    const msg = "Value error, Query cannot be empty or contain only whitespace"
    throw invalid([{ type: "value_error", loc: ["body", "query"], msg, input: query }])
  }
  if (!state.traits.fillsSearch || !state.projects.some(({ id }) => id === body.project_id)) return { results: [] }
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const results = (state.options.code ?? madeUpCode).flatMap(({ nodeId, name, filePath, content }) => {
    const text = `${name} ${filePath} ${content}`.toLowerCase()
    const hits = words.filter((word) => text.includes(word)).length
    const isExact = text.includes(query.toLowerCase())
    const match_type = isExact ? "Exact Match" : "Partial Match"
    const relevance = hits + (isExact ? 1 : 0)
    return hits === 0 ? [] : [{ node_id: nodeId, name, file_path: filePath, content, match_type, relevance }]
  })
  return { results: results.sort((one, other) => other.relevance - one.relevance).slice(0, 10) }
}

const madeUpCode = [
  { nodeId: "n1", name: "refund", filePath: "src/refunds.ts", content: "export function refund(order: Order) {}" },
]
