import { silentLogger } from "@assay/core"
import type { Logger } from "@assay/core"
import type { FastifyPluginAsync, FastifyRequest, RouteOptions } from "fastify"
import { addAccessCheck } from "./access/access-check.js"
import type { Authorize } from "./access/authorize.js"
import { createAuthorize } from "./access/create-authorize.js"
import { addBodyParser } from "./body-parser.js"
import { addCors } from "./cors.js"
import { addDocumentation } from "./documentation.js"
import { addErrorHandler } from "./error-handler.js"
import { addGracefulClose } from "./graceful-close.js"
import type { HealthCheck } from "./health-checks.js"
import { describeApi } from "./openapi.js"
import { addRequestContext } from "./request-context.js"
import { addRequestLog } from "./request-log.js"
import { addResponseHeaders } from "./response-headers.js"
import { addAnalysisRoutes } from "./routes/analyses.js"
import { addAnalyzeRoutes } from "./routes/analyze.js"
import { addChartRoutes } from "./routes/charts.js"
import { addDeadLetterRoutes } from "./routes/dead-letters.js"
import { addErrorRoutes } from "./routes/errors.js"
import { addHealthRoutes } from "./routes/health.js"
import { addInsightRoutes } from "./routes/insights.js"
import { addJobRoutes } from "./routes/jobs.js"
import { addMetricsRoute } from "./routes/metrics.js"
import { addQueueStatsRoutes } from "./routes/queue-stats.js"
import { addQueueRoutes } from "./routes/queue.js"
import { addQueueControlRoutes } from "./routes/queues.js"
import { addRepositoryRoutes } from "./routes/repositories.js"
import { addRepositoryJobRoutes } from "./routes/repository-jobs.js"
import { addScheduleRoutes } from "./routes/schedules.js"
import { addServiceRoutes } from "./routes/service.js"
import { addSnapshotRoutes } from "./routes/snapshots.js"
import { addStatisticsRoutes } from "./routes/statistics.js"
import { addWorkerRoutes } from "./routes/workers.js"
import type { App, Services } from "./services.js"
import { addOtherMethods, addUnknownPathHandler } from "./unknown-path.js"
import { serializerCompiler, validatorCompiler } from "./validation.js"
import type { ZodTypeProvider } from "./validation.js"

export interface HttpAdapterOptions extends Services {
  /** Whoever presents one of these may do everything. Default: none, which means that only this machine is served. */
  apiKeys?: readonly string[]
  /** Without keys: serve everybody who can reach the port. Default `false`. */
  open?: boolean
  /** Takes the place of `apiKeys` and `open`: decides about every request, and names the tenant it is about. */
  authorize?: Authorize<FastifyRequest>
  /** Origins of web pages that may call the API from a browser; `*` means all. Default: none. */
  corsOrigins?: readonly string[]
  /** What `/readyz` asks, by name. Default: one named `store`, which asks the store for one job. */
  checks?: Readonly<Record<string, HealthCheck>>
  /** Likewise, of parts that can be missed for a while: when one fails, the answer is 200 and `degraded`. Default: none. */
  optionalChecks?: Readonly<Record<string, HealthCheck>>
  /** For one check of `/readyz`, in milliseconds. Default 2,000. */
  checkTimeoutMs?: number
  logger?: Logger
  /** What the service calls itself in `/` and `/health`. Default `"assay"`. */
  service?: string
  /** Of the service. Default `"0.0.0"`. */
  version?: string
  /** Of a request's body, in bytes. Default 65,536. */
  bodyLimit?: number
  /** Whether to serve `/docs` and `/openapi.json`. Default `true`. */
  documentation?: boolean
  /**
   * Whether unknown paths below the plugin's prefix are answered here. Default: `true` with a prefix; without one, `false`,
   * because they are the host's then.
   */
  unknownPaths?: boolean
}

/**
 * Serves Assay over HTTP. A plain Fastify plugin: what it sets (hooks, error handler, parsers, compilers) holds for its own
 * routes and no others of the host, and `prefix` puts all of it under a path.
 */
export const httpAdapter: FastifyPluginAsync<HttpAdapterOptions> = async (instance, options) => {
  const {
    client,
    apiKeys = [],
    open = false,
    corsOrigins = [],
    logger = silentLogger,
    checks: essential = { store: () => client.list({ limit: 1 }) },
    optionalChecks: optional = {},
  } = options
  const app: App = instance.withTypeProvider<ZodTypeProvider>()
  const routes: RouteOptions[] = []

  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  addBodyParser(app)
  addErrorHandler(app, logger)
  addRequestContext(app)
  addRequestLog(app, logger)
  addResponseHeaders(app)
  const isClosing = addGracefulClose(app)
  addCors(app, corsOrigins)
  const authorize = options.authorize ?? createAuthorize({ apiKeys, open, corsOrigins, tenant: client.tenant })
  addAccessCheck(app, authorize)
  const { version = "0.0.0", documentation = true } = options

  app.addHook("onRoute", (route) => {
    route.bodyLimit ??= options.bodyLimit ?? 65_536
    // Pages of the documentation bring routes of their own, deeper down.
    if (route.prefix === app.prefix) routes.push(route)
  })
  const health = { checks: { essential, optional }, timeoutMs: options.checkTimeoutMs ?? 2000, isClosing }
  addHealthRoutes(app, health)
  addServiceRoutes(app, options, {
    ...health,
    ...{ name: options.service ?? "assay", version, authorize },
    page: documentation ? `${app.prefix}/docs` : undefined,
  })
  addMetricsRoute(app, options, { version, timeoutMs: health.timeoutMs })
  addRepositoryRoutes(app, options)
  addRepositoryJobRoutes(app, options)
  addStatisticsRoutes(app, options)
  addInsightRoutes(app, options)
  addSnapshotRoutes(app, options)
  addChartRoutes(app, options)
  addJobRoutes(app, options)
  addDeadLetterRoutes(app, options)
  addScheduleRoutes(app, options)
  addQueueRoutes(app, options)
  addQueueControlRoutes(app, options)
  addAnalyzeRoutes(app, options)
  addQueueStatsRoutes(app, options)
  addAnalysisRoutes(app, options)
  addWorkerRoutes(app, options)
  addErrorRoutes(app)
  const own = [...routes]
  if (documentation) {
    const secured = apiKeys.length > 0 || options.authorize !== undefined
    addDocumentation(app, () => describeApi(own, { version, secured }))
  }
  addOtherMethods(app, [...routes])
  if (options.unknownPaths ?? app.prefix !== "") addUnknownPathHandler(app, own)
}
