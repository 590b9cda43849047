// Serving
export { httpAdapter } from "./http-adapter.js"
export type { HttpAdapterOptions } from "./http-adapter.js"
export { createHttpServer } from "./http-server.js"
export type { HttpServerOptions } from "./http-server.js"
export type { ParsedRepositoryUrl, RepositoryDefinitions, Services } from "./services.js"
export type { ChartOptions, Charts, ChartSource } from "./routes/charts.js"
export type { HealthCheck } from "./health-checks.js"

// Access
export { createAuthorize } from "./access/create-authorize.js"
export type { AccessOptions } from "./access/create-authorize.js"
export type { Access, AccessRequest, Action, Authorize, Resource } from "./access/authorize.js"
export { assertSafeBinding } from "./access/safe-binding.js"
export type { Binding } from "./access/safe-binding.js"

// Errors
export { HttpError } from "./problem/http-error.js"
export type { HttpErrorCode, HttpErrorOptions } from "./problem/http-error.js"
export type { Problem } from "./problem/problem.js"

// What is sent
export { toJobView } from "./views/job-view.js"
export type { JobView } from "./views/job-view.js"
export { readAnalysisData } from "./views/analysis-data.js"
export type { AnalysisData } from "./views/analysis-data.js"
export { toInsightView } from "./views/insight-view.js"
export { snakeCase } from "./views/snake-case.js"
export { toRepositoryView } from "./views/repository-view.js"
export type { RepositoryView } from "./views/repository-view.js"
export type { OpenApiDocument } from "./openapi.js"
export type { RouteConfig } from "./route-config.js"
