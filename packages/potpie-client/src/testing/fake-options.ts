import type { FakeAnswer } from "./fake-answer.js"
import type { FakeLineage } from "./fake-lineage.js"

export interface FakePotpieOptions {
  /** Default `S`. */
  lineage?: FakeLineage | undefined
  /** Default 0: any that is free. The fake listens on 127.0.0.1 only. */
  port?: number | undefined
  /** The one key that is accepted. Default: one in the right form. */
  apiKey?: string | undefined
  /** `INTERNAL_ADMIN_SECRET`: a second key, beside which `x-user-id` names one of `users`. */
  adminSecret?: string | undefined
  users?: readonly string[] | undefined
  /** Runs in conversations until 402. Default: no limit, and no billing. */
  credits?: number | undefined
  /** `isDevelopmentMode`: local folders can be parsed. Default `false`. */
  development?: boolean | undefined
  /** Repositories that do not exist, or are private: accepted, and `error` later. */
  missingRepositories?: readonly string[] | undefined
  /** Repositories without code that can be parsed: `error`, or `ready` at S. */
  withoutCode?: readonly string[] | undefined
  /** What projects go through, one word per look at their status. Default: the path of the lineage. */
  statuses?: readonly string[] | undefined
  /** `PARSING_STUCK_THRESHOLD_MINUTES`, in milliseconds. Default 600,000. */
  stuckAfterMs?: number | undefined
  /** The answers to the next messages, in their order. Then they are made up. */
  answers?: readonly FakeAnswer[] | undefined
  /** What can be searched. Default: one made-up function. */
  code?: readonly FakeCode[] | undefined
  /** What messages need and cannot reach: 503. Only L needs Hatchet. */
  down?: "redis" | "hatchet" | undefined
}

export interface FakeCode {
  nodeId: string
  name: string
  filePath: string
  content: string
}

/** Something that goes wrong with the next requests, before the server itself sees them: a gateway, the network, a crash. */
export interface FakeFault {
  /** Default: any. */
  method?: string | undefined
  /** Default: any. Compared without the query. */
  path?: string | RegExp | undefined
  /** How many requests. Default 1. */
  times?: number | undefined
  /** Milliseconds until anything happens. */
  delayMs?: number | undefined
  /** Answers with this status, in the dialect of the lineage. */
  status?: number | undefined
  detail?: string | undefined
  /** The value of `Retry-After`. */
  retryAfter?: string | number | undefined
  /** Answers with this text instead, as a proxy does. `status` defaults to 502. */
  body?: string | undefined
  contentType?: string | undefined
  headers?: Readonly<Record<string, string>> | undefined
  /** An exception that nobody caught: `text/plain` without `X-Request-ID`, but not at S. */
  crash?: boolean | undefined
  /** The request is done, and its answer is lost: the connection breaks instead. */
  loseAnswer?: boolean | undefined
  /** The connection breaks before anything is done. */
  reset?: boolean | undefined
  /** Nothing more comes: no headers, or nothing after them. */
  hang?: "headers" | "body" | undefined
}
