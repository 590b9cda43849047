import { redact } from "./process/redact.js"

/** What a caller may branch on. Codes are stable; messages are for people and may change. */
export type GitErrorCode =
  /** The remote wants credentials, or refuses those it was given. */
  | "GIT_AUTH"
  /** There is no repository (or no such branch) at that address, or none that these credentials may see. */
  | "GIT_NOT_FOUND"
  /** The remote cannot be reached, or broke off. */
  | "GIT_NETWORK"
  /** The remote, or git itself, took longer than it may. */
  | "GIT_TIMEOUT"
  /** The remote redirects too often, or to where we do not follow. */
  | "GIT_REDIRECT"
  /** The text is not the URL of a repository that we may fetch. `why` says what is wrong with it. */
  | "GIT_URL_REFUSED"
  /** The host is, or resolves to, an address that is not public. */
  | "GIT_ADDRESS_REFUSED"
  /** More bytes, refs or files than the limits allow. */
  | "REPOSITORY_TOO_LARGE"
  /** The repository has no commit yet. */
  | "REPOSITORY_EMPTY"
  /** Our copy misses objects. The next fetch with `rebuild` makes a new one. */
  | "MIRROR_DAMAGED"
  | "DISK_FULL"
  /** Git failed in a way that we do not know. `stderr` holds what it said. */
  | "GIT_FAILED"
  /** There is no git on this machine, or it is older than 2.37. */
  | "GIT_MISSING"
  /** The caller's signal ended it. `cause` is the signal's reason. */
  | "ABORTED"

/** What is wrong with a URL that was refused. */
export type RefusedBecause =
  /** It is not a URL, a shorthand or a path at all. */
  | "syntax"
  /** It starts with `-` and would be read as an option, or holds control characters. */
  | "unsafe"
  /** It holds a user name or password. */
  | "credentials"
  /** It holds a query or a fragment. */
  | "query"
  | "ssh"
  /** A scheme that is never fetched, or one that only the operator may allow (`http`, `file`). */
  | "scheme"
  /** A port that only the operator may allow. */
  | "port"
  /** A local path that the operator did not allow. */
  | "local"
  /** A local repository that belongs to another user of this machine. */
  | "owner"
  /** A repository whose history is cut off. */
  | "shallow"
  /** A repository that holds only some of its objects, and would fetch the others from somewhere else. */
  | "partial"

const retryableByCode: Readonly<Record<GitErrorCode, boolean>> = {
  GIT_AUTH: false,
  GIT_NOT_FOUND: false,
  GIT_NETWORK: true,
  GIT_TIMEOUT: true,
  GIT_REDIRECT: false,
  GIT_URL_REFUSED: false,
  GIT_ADDRESS_REFUSED: false,
  REPOSITORY_TOO_LARGE: false,
  REPOSITORY_EMPTY: false,
  MIRROR_DAMAGED: true,
  DISK_FULL: true,
  GIT_FAILED: true,
  GIT_MISSING: false,
  ABORTED: false,
}

// Two copies of this package may be loaded at once; a registered symbol recognises the errors of both.
const marker = Symbol.for("@assay/git/error")

export interface GitErrorOptions {
  cause?: unknown
  /** Whether the same call may succeed if it is made again. The default depends on the code. */
  retryable?: boolean
  /** A sentence that says what to do about it. */
  hint?: string
  why?: RefusedBecause
  exitCode?: number
  /** What git wrote to its standard error. It is redacted and shortened here, whatever it was before. */
  stderr?: string
}

/** Every error of this package. The message is a sentence for people and holds no secrets. */
export class GitError extends Error {
  override readonly name = "GitError"
  readonly [marker] = true
  readonly code: GitErrorCode
  readonly retryable: boolean
  readonly hint: string | undefined
  /** Only with `GIT_URL_REFUSED`. */
  readonly why: RefusedBecause | undefined
  readonly exitCode: number | undefined
  /** The last KiB of what git said, without credentials and control characters. */
  readonly stderr: string | undefined

  constructor(code: GitErrorCode, message: string, options: GitErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? retryableByCode[code]
    this.hint = options.hint
    this.why = options.why
    this.exitCode = options.exitCode
    this.stderr = options.stderr === undefined ? undefined : redact(options.stderr)
  }

  static isInstance(error: unknown): error is GitError {
    return typeof error === "object" && error !== null && marker in error
  }
}

export function abortedError(signal: AbortSignal): GitError {
  return new GitError("ABORTED", "The work with git was stopped before it ended.", { cause: signal.reason })
}
