import type { ErrorCode } from "@assay/core"
import type { GitErrorCode } from "@assay/git"
import type { SetupErrorCode } from "../errors.js"

/** What the command's exit code says. Stable: scripts branch on it. */
export const exitCode = {
  ok: 0,
  /** Something that should not happen. */
  unexpected: 1,
  /** The command line or a setting cannot be used. */
  usage: 2,
  /** A condition of `--fail-on` holds. */
  gate: 3,
  /** The repository is not there, not readable with these credentials, or not one that is fetched. */
  source: 4,
  /** Something on this side is not available: the database, the port, git. */
  unavailable: 69,
  /** The same command may succeed later. */
  temporary: 75,
  timeout: 124,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

/** Complete by the compiler: a new code of ours without an exit code does not compile. */
const byCode: Readonly<Record<ErrorCode | GitErrorCode | SetupErrorCode | "UNSAFE_BINDING", ExitCode>> = {
  UNSAFE_BINDING: exitCode.usage,
  SETTINGS_INVALID: exitCode.usage,
  USAGE: exitCode.usage,
  FILE_UNWRITABLE: exitCode.usage,
  GATE_FAILED: exitCode.gate,
  PORT_IN_USE: exitCode.unavailable,
  ADDRESS_UNUSABLE: exitCode.unavailable,
  TIMED_OUT: exitCode.timeout,

  GIT_AUTH: exitCode.source,
  GIT_NOT_FOUND: exitCode.source,
  GIT_REDIRECT: exitCode.source,
  GIT_URL_REFUSED: exitCode.source,
  GIT_ADDRESS_REFUSED: exitCode.source,
  REPOSITORY_TOO_LARGE: exitCode.source,
  REPOSITORY_EMPTY: exitCode.source,
  GIT_NETWORK: exitCode.temporary,
  GIT_TIMEOUT: exitCode.temporary,
  MIRROR_DAMAGED: exitCode.temporary,
  DISK_FULL: exitCode.temporary,
  GIT_MISSING: exitCode.unavailable,
  GIT_FAILED: exitCode.unexpected,

  INVALID_INPUT: exitCode.usage,
  UNKNOWN_JOB_TYPE: exitCode.unexpected,
  JOB_NOT_FOUND: exitCode.unexpected,
  REPOSITORY_NOT_FOUND: exitCode.unexpected,
  REPOSITORY_EXISTS: exitCode.unexpected,
  SNAPSHOT_NOT_READY: exitCode.temporary,
  ILLEGAL_TRANSITION: exitCode.unexpected,
  STALE_LEASE: exitCode.temporary,
  JOB_TIMEOUT: exitCode.timeout,
  JOB_CANCELLED: exitCode.temporary,
  JOB_FAILED: exitCode.unexpected,
  JOB_CRASHED: exitCode.unexpected,
  ABORTED: exitCode.interrupted,
  IDEMPOTENCY_MISMATCH: exitCode.unexpected,
  SECRET_UNREADABLE: exitCode.unavailable,
  SECRET_MISSING: exitCode.unexpected,
  UNAVAILABLE: exitCode.unavailable,
  STORE_LOCKED: exitCode.unavailable,
  DATA_FOLDER_UNUSABLE: exitCode.unavailable,
  QUEUE_MISMATCH: exitCode.unavailable,
  UNSUPPORTED: exitCode.unavailable,
  CLOSED: exitCode.unexpected,
  INTERNAL: exitCode.unexpected,
}

export function exitCodeOf(code: string): ExitCode {
  return Object.hasOwn(byCode, code) ? byCode[code as keyof typeof byCode] : exitCode.unexpected
}
