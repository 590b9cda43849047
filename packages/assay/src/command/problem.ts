import { printable } from "../output/printable.js"
import type { Style } from "../output/style.js"
import { exitCode, exitCodeOf } from "./exit-code.js"
import type { ExitCode } from "./exit-code.js"

/** What went wrong, as it is told to people and to programs. */
export interface Problem {
  readonly code: string
  readonly message: string
  readonly hint: string | undefined
  readonly retryable: boolean
  readonly exitCode: ExitCode
  /** Of errors that nobody foresaw. */
  readonly stack: string | undefined
}

/** Typed errors tell their own story; of a failed job it is the failure that counts; anything else is unexpected. */
export function toProblem(error: unknown): Problem {
  const typed = failureOfJob(error) ?? error
  if (!isTyped(typed)) {
    const message = error instanceof Error ? error.message : String(error)
    const stack = error instanceof Error ? error.stack : undefined
    return { code: "INTERNAL", message, hint: undefined, retryable: false, exitCode: exitCodeOf("INTERNAL"), stack }
  }
  const { code, message, retryable, hint, why } = typed
  const exit = why !== undefined && unusable.has(why) ? exitCode.usage : exitCodeOf(code)
  return { code, message, hint, retryable, exitCode: exit, stack: undefined }
}

export function describeProblem(problem: Problem, style: Style): string {
  const [first = "", ...more] = problem.message.split("\n").map(printable)
  return [
    `${style.red("✘")} ${first}`,
    ...more.map((line) => `  ${line}`),
    ...(problem.hint === undefined ? [] : [`  ${printable(problem.hint)}`]),
    ...(problem.stack === undefined
      ? []
      : problem.stack
          .split("\n")
          .slice(1)
          .map((line) => style.dim(`  ${printable(line.trim())}`))),
    style.dim(`  ${problem.code}`),
  ].join("\n")
}

/** RFC 9457's members and ours: what a program finds on stdout in place of the result. */
export function problemDocument(problem: Problem): object {
  return {
    type: "about:blank",
    title: problem.code
      .toLowerCase()
      .replaceAll("_", " ")
      .replace(/^./, (letter) => letter.toUpperCase()),
    detail: problem.message,
    code: problem.code,
    ...(problem.hint === undefined ? {} : { hint: problem.hint }),
    retryable: problem.retryable,
    exit_code: problem.exitCode,
  }
}

/** What can be wrong with a URL itself, wherever it leads. */
const unusable = new Set(["syntax", "unsafe", "credentials", "query", "ssh", "scheme"])

interface TypedError {
  code: string
  message: string
  retryable: boolean
  hint?: string | undefined
  /** Of git's refusal of a URL. */
  why?: string | undefined
}

function isTyped(error: unknown): error is TypedError {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    typeof error.code === "string" &&
    "message" in error &&
    "retryable" in error
  )
}

function failureOfJob(error: unknown): TypedError | undefined {
  if (!isTyped(error) || error.code !== "JOB_FAILED") return undefined
  const cause = (error as { cause?: unknown }).cause
  return isTyped(cause) ? cause : undefined
}
