import type { IncomingMessage, ServerResponse } from "node:http"
import type {
  Analyses,
  Client,
  InsightReader,
  JobDefinition,
  JobReader,
  Repository,
  RepositoryStore,
  StatisticsReader,
  WorkerRegistry,
} from "@assay/core"
import { AssayError, repositoryJobTypes } from "@assay/core"
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from "fastify"
import { unconfiguredAnalyses } from "./unconfigured-analyses.js"
import { tenantOf } from "./request-context.js"
import type { Charts } from "./routes/charts.js"
import type { ZodTypeProvider } from "./validation.js"
import { toRepositoryView } from "./views/repository-view.js"
import type { RepositoryView } from "./views/repository-view.js"

/** A repository's URL as it is kept. */
export interface ParsedRepositoryUrl {
  readonly url: string
  /** Equal for URLs that mean the same repository. */
  readonly key: string
  /** For people: `owner/repo`. */
  readonly name: string
}

/** The kinds of jobs that the routes ask for. */
export interface RepositoryDefinitions {
  readonly index: JobDefinition<{ repositoryId: number }>
  readonly update: JobDefinition<{ repositoryId: number }>
  readonly delete: JobDefinition<{ repositoryId: number }>
}

/** What the routes translate to. */
export interface Services {
  readonly client: Client
  readonly repositories: RepositoryStore
  readonly statistics: StatisticsReader
  /** Default: there are no insights to read. */
  readonly insights?: InsightReader
  /** Default: nothing is drawn. */
  readonly charts?: Charts
  readonly definitions: RepositoryDefinitions
  /** Default: no worker is known. */
  readonly workers?: Pick<WorkerRegistry, "live">
  /** The names of the queues that are paused. Default: none. */
  readonly paused?: () => Promise<readonly string[]>
  /** Questions to Potpie and their answers. Default: none can be asked. */
  readonly analyses?: Analyses
  /** Of the store: `/metrics` learns from it how long jobs took. Default: that is not said. */
  readonly jobEvents?: Pick<JobReader, "feed" | "feedEnd" | "get">
  /** How many live connections there are in this process now. Default: 0. */
  readonly websocketConnections?: () => number
  parseRepositoryUrl(text: string): ParsedRepositoryUrl
}

/** The instance that the plugin was registered on, with handlers that see what their schemas say. */
export type App = FastifyInstance<RawServerDefault, IncomingMessage, ServerResponse, FastifyBaseLogger, ZodTypeProvider>

export function clientOf(request: FastifyRequest, services: Services): Client {
  const tenant = tenantOf(request)
  return tenant === services.client.tenant ? services.client : services.client.forTenant(tenant)
}

export function analysesOf({ analyses }: Services): Analyses {
  return analyses ?? unconfiguredAnalyses
}

/** Rejects with `REPOSITORY_NOT_FOUND`. */
export async function mustGetRepository(services: Services, id: number, tenant: string): Promise<Repository> {
  const repository = await services.repositories.get(id, tenant)
  if (!repository) throw new AssayError("REPOSITORY_NOT_FOUND", `There is no repository ${id}.`)
  return repository
}

/** The view of one repository, with its latest job. */
export async function viewOf(client: Client, repository: Repository): Promise<RepositoryView> {
  const jobs = await client.latestOfRepositories([repository.id], repositoryJobTypes)
  return toRepositoryView(repository, jobs.get(repository.id))
}

/** The views of these repositories, each with its latest job, in their order. */
export async function viewsOf(client: Client, repositories: readonly Repository[]): Promise<RepositoryView[]> {
  const ids = repositories.map(({ id }) => id)
  const jobs = await client.latestOfRepositories(ids, repositoryJobTypes)
  return repositories.map((repository) => toRepositoryView(repository, jobs.get(repository.id)))
}
