import type { IncomingHttpHeaders } from "node:http"
import type { JobId } from "@assay/core"

/** What somebody wants to do. `meta.read` is what holds no data: probes, the API's description, unknown paths. */
export type Action =
  | "meta.read"
  | "queue.read"
  | "queue.pause"
  | "queue.resume"
  | "queue.drain"
  | "worker.list"
  | "repository.create"
  | "repository.list"
  | "repository.read"
  | "repository.change"
  | "repository.delete"
  | "repository.index"
  | "repository.update"
  | "statistics.read"
  | "job.list"
  | "job.read"
  | "job.cancel"
  | "job.retry"
  | "job.discard"
  | "schedule.create"
  | "schedule.list"
  | "schedule.read"
  | "schedule.change"
  | "schedule.delete"
  | "analysis.request"
  | "analysis.list"
  | "analysis.read"
  /** Costs money at once and leaves no job: only for who presented a key. */
  | "analysis.ask"
  | "metrics.read"

/** What they want to do it to, as far as the request names it. Says nothing about whether it exists. */
export interface Resource {
  readonly repositoryId?: number
  readonly jobId?: JobId
  readonly scheduleId?: string
  /** Pausing one concerns the jobs of all tenants. */
  readonly queue?: string
}

/** What every transport knows about a request: a Fastify request and Node's `IncomingMessage` both are one. */
export interface AccessRequest {
  readonly headers: IncomingHttpHeaders
  readonly socket: { readonly remoteAddress?: string | undefined }
}

export type Access =
  /** They may, and see what belongs to this tenant. */
  | { readonly allowed: true; readonly tenant: string }
  /** 401: they did not say who they are. 403: they may not. The sentences are shown to them. */
  | { readonly allowed: false; readonly status: 401 | 403; readonly message: string; readonly hint?: string }

/** Decides about every request, once, before its body is read. A rejection is answered with 500 and lets nobody in. */
export type Authorize<Request extends AccessRequest = AccessRequest> = (
  request: Request,
  action: Action,
  resource: Resource,
) => Access | Promise<Access>
