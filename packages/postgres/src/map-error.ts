import { AssayError } from "@assay/core"
import { PostgresError } from "./postgres-error.js"

/** Translates what a driver throws: unreachable becomes `UNAVAILABLE`, refused statements become {@link PostgresError}. */
export function mapError(error: unknown): Error {
  if (AssayError.isInstance(error) || PostgresError.isInstance(error)) return error
  const { code, message, severity } = fieldsOf(error)
  if (code !== undefined && severity !== undefined) return fromServer(code, message, error as ServerFields)
  if (message.includes("after calling end on the pool") || message.includes("PGlite is clos")) {
    return new AssayError("CLOSED", "The database was closed.", { cause: error })
  }
  if (code !== undefined ? networkCodes.has(code) : isConnectionMessage(message)) {
    const where = addressOf(error)
    return new AssayError("UNAVAILABLE", `PostgreSQL${where} cannot be reached: ${reasonOf(code, message)}.`, {
      cause: error,
      retryable: true,
      hint: "Is the server running, and does DATABASE_URL name its host and port?",
    })
  }
  return error instanceof Error ? error : new Error("The database failed.", { cause: error })
}

interface ServerFields {
  hint?: string
  constraint?: string
  schema?: string
  table?: string
  column?: string
}

function fieldsOf(error: unknown): { code?: string; message: string; severity?: string } {
  if (typeof error !== "object" || error === null) return { message: String(error) }
  const { code, message, severity, errors } = error as {
    code?: string
    message?: string
    severity?: string
    errors?: unknown[]
  }
  // A host name with several addresses fails with all their errors in one; the first is as good as any.
  if (!code && Array.isArray(errors) && errors.length > 0) return fieldsOf(errors[0])
  return {
    message: message ?? "",
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof severity === "string" ? { severity } : {}),
  }
}

function fromServer(code: string, message: string, fields: ServerFields): Error {
  // Connection exceptions, insufficient resources, shutdown and start-up, and a primary that became a standby.
  if (/^(08|53|57P0|25006)/.test(code)) {
    return new AssayError("UNAVAILABLE", `PostgreSQL cannot serve this now: ${message}.`, {
      cause: new PostgresError(code, message),
      retryable: true,
    })
  }
  if (/^(28|3D000)/.test(code)) {
    return new AssayError("UNAVAILABLE", `PostgreSQL refuses the connection: ${message}.`, {
      cause: new PostgresError(code, message),
      hint: "Check user, password and database name in DATABASE_URL.",
    })
  }
  // The one thing that JavaScript's strings can hold and PostgreSQL's text cannot.
  if (code === "22021" || code === "22P05") {
    return new AssayError("INVALID_INPUT", "Text cannot hold the character U+0000.", {
      cause: new PostgresError(code, withoutValues(code, message)),
    })
  }
  return new PostgresError(code, withoutValues(code, message), fields)
}

/** Data exceptions quote the value that did not fit; nothing else in a primary message comes from a row. */
function withoutValues(code: string, message: string): string {
  return code.startsWith("22") ? message.replace(/".*"/gs, '"…"') : message
}

const networkCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "EACCES",
])

function isConnectionMessage(message: string): boolean {
  return /connection terminated|connection error|timeout exceeded when trying to connect|does not support SSL|timeout expired|connection is closed|was destroyed/i.test(
    message,
  )
}

function reasonOf(code: string | undefined, message: string): string {
  if (code === "ECONNREFUSED") return "the connection was refused"
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "the host name is not known"
  if (code === "ENOENT") return "there is no such socket"
  if (code !== undefined) return `the connection failed (${code})`
  if (/timeout/i.test(message)) return "no connection became free in time"
  if (/SSL/.test(message)) return "it does not offer TLS, which sslmode asks for"
  return "the connection was lost"
}

function addressOf(error: unknown): string {
  const { address, port, errors } = error as { address?: string; port?: number; errors?: unknown[] }
  if (address === undefined && Array.isArray(errors) && errors.length > 0) return addressOf(errors[0])
  return address === undefined ? "" : ` at ${address}${port === undefined ? "" : `:${port}`}`
}
