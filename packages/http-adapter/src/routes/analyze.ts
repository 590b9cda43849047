import type { Analysis, Job } from "@assay/core"
import type { FastifyReply, FastifyRequest } from "fastify"
import { z } from "zod"
import { hostName } from "../access/loopback.js"
import { analyzeBody, analyzeExample, sendMessageBody, sendMessageExample } from "../inputs/analysis-bodies.js"
import { canBeId, projectParameters } from "../inputs/analysis-parameters.js"
import { idempotencyOf, idempotentHeaders } from "../inputs/parameters.js"
import { lenientBody } from "../lenient-body.js"
import { HttpError } from "../problem/http-error.js"
import { tenantOf } from "../request-context.js"
import type { RouteConfig } from "../route-config.js"
import { analysesOf, clientOf } from "../services.js"
import type { App, Services } from "../services.js"
import { analysisDataSchema, readAnalysisData, toAnalysisData } from "../views/analysis-data.js"
import { analysisProgress, analyzeMessage } from "../views/analysis-status.js"
import { analysisStates } from "../views/analysis-view.js"
import { failureSchema } from "../views/job-view.js"
import { timeSchema, toTime } from "../views/time.js"

const queuedSchema = z.object({
  success: z.literal(true),
  project_id: z.string().describe("For `GET /status/:projectId`, `join_project` and `/ws/:id`."),
  job_id: z.string(),
  status: z.enum(analysisStates).describe("`queued`, unless it is an analysis that was asked for before."),
  message: z.string(),
  socket_io_endpoint: z.string().optional().describe("Where Socket.IO is, as far as this request tells."),
  websocket_endpoint: z.string(),
  queue_position: z.int().nullable().describe("1 is next; null once it has begun."),
  deduplicated: z.boolean().describe("The same question was asked before, and this is that analysis."),
  timestamp: z.iso.datetime(),
})

const statusSchema = z.object({
  success: z.literal(true),
  project_id: z.string(),
  job_id: z.string(),
  potpie_project_id: z.string().optional().describe("Once it is known."),
  repo: z.string(),
  branch: z.string(),
  status: z.enum(analysisStates),
  stage: z.string().nullable().describe("What its job is doing now."),
  progress: z.int().min(0).max(100),
  queue_position: z.int().nullable().describe("1 is next; null once it has begun."),
  attempts: z.int().nullable().describe("Spent so far; null when its job is forgotten."),
  max_attempts: z.int(),
  details: z.object({
    created_at: timeSchema,
    processed_at: timeSchema.nullable().describe("When it was begun."),
    finished_at: timeSchema.nullable(),
    failed_reason: z.string().nullable(),
  }),
  data: analysisDataSchema.optional().describe("Once it is finished, the same as in `analysis_complete`."),
  failure: failureSchema.optional().describe("Why it failed."),
  timestamp: z.iso.datetime(),
})

/** The routes by which clients of the older service ask questions. */
export function addAnalyzeRoutes(app: App, services: Services): void {
  const analyses = analysesOf(services)

  app.post(
    "/analyze",
    {
      preValidation: lenientBody("repo"),
      schema: { body: analyzeBody, headers: idempotentHeaders, response: { 200: queuedSchema } },
      config: {
        assay: about("analysis.request", "Ask a question about a repository", {
          description:
            "Registers the repository if it is not, and queues the analysis. The same question about the same branch is answered once at a time: who asks it meanwhile gets the analysis that is on its way.",
          ...{ form: true, example: analyzeExample, urlMember: "repo", problems: [400, 413, 415, 422] },
        }),
      },
    },
    async (request) => {
      const tenant = tenantOf(request)
      const { repo, branch, question, github_token: token } = request.body
      const { id, deduplicated } = await analyses.request(
        { repo, branch, question, token },
        { tenant, ...idempotencyOf(request.headers) },
      )
      const [analysis, position] = await Promise.all([
        deduplicated ? analyses.find(id, tenant) : undefined,
        analyses.queuePosition(id),
      ])
      const status = analysis?.state ?? "queued"
      const socketIo = app.prefix === "" ? originOf(request) : undefined
      return {
        success: true as const,
        project_id: id,
        job_id: id,
        status,
        message: analyzeMessage(status, deduplicated),
        ...(socketIo !== undefined && { socket_io_endpoint: socketIo }),
        websocket_endpoint: `${app.prefix}/ws/${id}`,
        queue_position: position ?? null,
        deduplicated,
        timestamp: new Date().toISOString(),
      }
    },
  )

  app.get(
    "/status/:projectId",
    {
      schema: { params: projectParameters, response: { 200: statusSchema } },
      config: {
        assay: about("analysis.read", "Get the status of an analysis", {
          description: "By its own id, or by that of Potpie's project. With the answer, once it is finished.",
          problems: [404],
        }),
      },
    },
    async (request) => {
      const tenant = tenantOf(request)
      const analysis = await mustFind(request.params.projectId, tenant)
      const { id } = analysis
      const [job, position, data] = await Promise.all([
        clientOf(request, services).get(id),
        analyses.queuePosition(id),
        analysis.state === "finished" ? readAnalysisData(analyses, { id, tenant }) : undefined,
      ])
      const { failure } = analysis
      return {
        success: true as const,
        project_id: id,
        job_id: id,
        ...(analysis.potpieProjectId !== undefined && { potpie_project_id: analysis.potpieProjectId }),
        repo: analysis.repo,
        branch: analysis.branch,
        status: analysis.state,
        stage: job?.stage ?? null,
        progress: analysisProgress(analysis, job),
        queue_position: position ?? null,
        attempts: job?.attempts ?? null,
        max_attempts: job?.maxAttempts ?? analyses.maxAttempts,
        details: {
          created_at: toTime(analysis.createdAt),
          processed_at: toTime(job?.startedAt),
          finished_at: toTime(analysis.finishedAt),
          failed_reason: failedReason(analysis, job),
        },
        ...(data && { data }),
        ...(analysis.state === "failed" && failure && { failure: { ...failure, hint: failure.hint ?? null } }),
        timestamp: new Date().toISOString(),
      }
    },
  )

  app.post(
    "/sendMessage",
    {
      preValidation: lenientBody("projectId"),
      schema: {
        body: sendMessageBody,
        response: { 200: z.object({ data: analysisDataSchema, status: z.literal("finished") }) },
      },
      config: {
        assay: about("analysis.ask", "Ask about a project that Potpie has, and wait for the answer", {
          description:
            "Kept for clients of the older service: nothing is stored, and each call is billed. Needs an API key also where other routes need none.",
          ...{ form: true, example: sendMessageExample, urlMember: "repo", problems: [400, 404, 413, 415, 422, 429] },
        }),
      },
    },
    async (request, reply) => {
      const { projectId, repo, branch } = request.body
      const known = await analyses.find(projectId, tenantOf(request))
      const potpieProjectId = known ? known.potpieProjectId : projectId
      // An id of ours means nothing to Potpie.
      if (potpieProjectId === undefined || potpieProjectId.startsWith("job_")) throw notFound()
      const { answer, snippets } = await analyses.ask(
        { projectId: potpieProjectId, repo: repo ?? known?.repo, branch: branch ?? known?.branch },
        { signal: untilGone(reply) },
      )
      const about = { repo: repo ?? known?.repo ?? "", branch: branch ?? known?.branch ?? "main" }
      const data = toAnalysisData({ projectId, ...about, answer, snippets, answeredAt: new Date() })
      return { data, status: "finished" as const }
    },
  )

  async function mustFind(id: string, tenant: string): Promise<Analysis> {
    const analysis = canBeId(id) ? await analyses.find(id, tenant) : undefined
    if (!analysis) throw notFound()
    return analysis
  }
}

export function notFound(): HttpError {
  return new HttpError("ANALYSIS_NOT_FOUND", "There is no analysis of that id.")
}

function failedReason(analysis: Analysis, job: Job | undefined): string | null {
  if (analysis.state !== "failed") return null
  if (job?.state === "cancelled") return job.cancelReason ?? "cancelled"
  return analysis.failure?.message ?? job?.failure?.message ?? "failed"
}

/** As the caller reached it. A Host header that is not one says nothing. */
function originOf({ protocol, headers: { host } }: FastifyRequest): string | undefined {
  return host !== undefined && hostName(host) !== undefined ? `${protocol}://${host}` : undefined
}

/** Aborts when whoever waits for the answer has gone. */
function untilGone(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}

function about(action: RouteConfig["action"], summary: string, rest: Partial<RouteConfig>): RouteConfig {
  return { action, legacy: true, tag: "Analyses", summary, ...rest }
}
