import type { IncomingHttpHeaders } from "node:http"
import type { JobId } from "@assay/core"
import { LiveError } from "./errors.js"

/** What every transport knows about a request. Node's `IncomingMessage` is one. */
export interface AccessRequest {
  readonly headers: IncomingHttpHeaders
  readonly socket: { readonly remoteAddress?: string | undefined }
}

export type Access =
  /** They may, and see what belongs to this tenant. */
  | { readonly allowed: true; readonly tenant: string }
  /** The sentences are shown to them. */
  | { readonly allowed: false; readonly status: 401 | 403; readonly message: string; readonly hint?: string }

/**
 * Decides about every connection (`job.read`, without a job), every join (`job.read` of that job) and every reader of the
 * feed (`job.list`). The hook of `@assay/http-adapter` fits, so that one decides about all of a service.
 */
export type Authorize = (
  request: AccessRequest,
  action: "job.read" | "job.list" | "meta.read",
  resource: { readonly jobId?: JobId },
) => Access | Promise<Access>

export type Question =
  | { readonly action: "job.read"; readonly jobId?: JobId }
  | { readonly action: "job.list" }
  | { readonly action: "meta.read" }

/** The tenant whose events they see. Rejects with `UNAUTHENTICATED` or `FORBIDDEN`. */
export async function mustBeAllowed(authorize: Authorize, request: AccessRequest, question: Question): Promise<string> {
  const { action } = question
  const resource = "jobId" in question && question.jobId !== undefined ? { jobId: question.jobId } : {}
  const access = await authorize(request, action, resource)
  if (access.allowed) return access.tenant
  throw new LiveError(access.status === 401 ? "UNAUTHENTICATED" : "FORBIDDEN", access.message, {
    ...(access.hint === undefined ? {} : { hint: access.hint }),
  })
}

/** The request as it would be with this key in a header: pages cannot set headers of a WebSocket. */
export function withKey(request: AccessRequest, key: unknown): AccessRequest {
  if (typeof key !== "string" || !/^[\x21-\x7e]{1,1024}$/.test(key)) return request
  const { headers, socket } = request
  return { headers: { ...headers, "x-api-key": key }, socket: { remoteAddress: socket.remoteAddress } }
}

const namesOfKeys = ["access_token", "api_key", "apikey", "key", "token"]

/** Throws `KEY_IN_URL`: URLs are written into logs by everything that they pass. */
export function refuseKeyInUrl(url: string): void {
  const query = new URLSearchParams(url.split("?", 2)[1] ?? "")
  const name = [...query.keys()].find((given) => namesOfKeys.includes(given.toLowerCase()))
  if (name === undefined) return
  throw new LiveError("KEY_IN_URL", `A key in the URL (${name}) ends up in logs, so it is not taken from there.`, {
    hint: "Send it as `Authorization: Bearer <key>` or `x-api-key: <key>`; from a browser as Socket.IO's auth: { apiKey }, or as the first message of a WebSocket.",
  })
}
