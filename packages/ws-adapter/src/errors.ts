/** Why somebody is refused, or cut off. Codes are stable; messages may change. */
export type LiveErrorCode =
  /** No API key, or one that is not valid here. */
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  /** There is no such job, or it is somebody else's. */
  | "JOB_NOT_FOUND"
  /** There is no such path for WebSockets. */
  | "NOT_FOUND"
  /** A key in a URL ends up in the logs of everything in between. */
  | "KEY_IN_URL"
  /** What was sent is not of the form that is understood here. */
  | "MALFORMED_MESSAGE"
  /** This connection has joined as many jobs as one may. */
  | "TOO_MANY_JOINED"
  /** This process has as many connections as it takes. */
  | "TOO_MANY_CONNECTIONS"
  /** The listener took what was sent too slowly. */
  | "SLOW_CONSUMER"
  /** The service stops; another process, or the same one later, goes on. */
  | "SHUTTING_DOWN"
  /** The store cannot be reached. */
  | "UNAVAILABLE"
  | "INTERNAL"

/** How each is said over HTTP, and as the close code of a WebSocket. */
export const liveErrors: Readonly<Record<LiveErrorCode, { status: number; title: string; closeCode: number }>> = {
  UNAUTHENTICATED: { status: 401, title: "Not signed in", closeCode: 4401 },
  FORBIDDEN: { status: 403, title: "Not allowed", closeCode: 4403 },
  JOB_NOT_FOUND: { status: 404, title: "Job not found", closeCode: 4404 },
  NOT_FOUND: { status: 404, title: "Nothing here", closeCode: 4404 },
  KEY_IN_URL: { status: 400, title: "Key in the URL", closeCode: 4400 },
  MALFORMED_MESSAGE: { status: 400, title: "Not understood", closeCode: 1008 },
  TOO_MANY_JOINED: { status: 429, title: "Too many jobs joined", closeCode: 1008 },
  TOO_MANY_CONNECTIONS: { status: 503, title: "Too many connections", closeCode: 1013 },
  SLOW_CONSUMER: { status: 503, title: "Too slow", closeCode: 4408 },
  SHUTTING_DOWN: { status: 503, title: "Shutting down", closeCode: 1001 },
  UNAVAILABLE: { status: 503, title: "Not available now", closeCode: 1013 },
  INTERNAL: { status: 500, title: "Unexpected failure", closeCode: 1011 },
}

const marker = Symbol.for("@assay/ws-adapter/error")

/** Every error of this package. Its message is fit for the eyes of a stranger. */
export class LiveError extends Error {
  override readonly name = "LiveError"
  readonly [marker] = true
  readonly code: LiveErrorCode
  readonly retryable: boolean
  readonly hint: string | undefined

  constructor(code: LiveErrorCode, message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = liveErrors[code].status === 503
    this.hint = options.hint
  }

  static isInstance(error: unknown): error is LiveError {
    return typeof error === "object" && error !== null && marker in error
  }
}

/** What is said to a stranger about whatever was thrown. */
export function toLiveError(error: unknown): LiveError {
  if (LiveError.isInstance(error)) return error
  const code = (error as { code?: unknown } | null)?.code
  if (code === "UNAVAILABLE") {
    return new LiveError("UNAVAILABLE", "The store cannot be reached now.", { cause: error })
  }
  if (code === "INVALID_INPUT") {
    return new LiveError("MALFORMED_MESSAGE", "That is not a position to go on from.", {
      cause: error,
      hint: "Send the id of the last event that you saw, or none.",
    })
  }
  return new LiveError("INTERNAL", "Something failed that nobody expected.", { cause: error })
}

export function shuttingDown(): LiveError {
  return new LiveError("SHUTTING_DOWN", "The service stops.", { hint: "Connect again in a moment." })
}
