import { AssayError } from "@assay/core"
import type { Server } from "./server.js"
import { addressOf } from "./server.js"

/**
 * Why there is no connection, in terms of what can be done about it. What only the configuration can mend is not retryable.
 * Messages name the address and nothing that was sent. `undefined` for what may have any cause, as silence and resets have.
 */
export function connectionProblem(error: unknown, server: Server): AssayError | undefined {
  const { code = "", message = "" } = innermost(error)
  const at = addressOf(server)
  const wrong = (text: string, hint: string): AssayError => new AssayError("INVALID_INPUT", text, { hint })
  const unavailable = (text: string): AssayError => new AssayError("UNAVAILABLE", text, { retryable: true })

  if (/WRONGPASS|invalid (username-)?password/i.test(message))
    return wrong(`Redis at ${at} refuses the user or the password.`, "Check the user and the password.")
  if (/^(-|ERR )?NOAUTH|Authentication required/i.test(message))
    return wrong(`Redis at ${at} demands a password, and none was given.`, "Give it in the URL or as `password`.")
  if (/NOPERM/.test(message))
    return wrong(`The user may not do at Redis at ${at} what is needed.`, "Look at the user's rules with ACL GETUSER.")
  if (/SELECT is not allowed in cluster mode/.test(message))
    return wrong(`Redis at ${at} belongs to a cluster, which has only database 0.`, "Leave `db` out.")
  if (/DB index is out of range/.test(message))
    return wrong(`Redis at ${at} has no database ${server.db}.`, "Choose a lower `db`, or raise `databases` there.")
  if (/cluster support disabled/i.test(message))
    return wrong(`Redis at ${at} belongs to no cluster.`, "Leave `cluster` out, or set it to `false`.")
  if (/^OOM/.test(message)) return unavailable(`Redis at ${at} has no memory left.`)
  if (/^MISCONF/.test(message)) return unavailable(`Redis at ${at} cannot save its data, and takes no more.`)
  if (/max number of clients/i.test(message)) return unavailable(`Redis at ${at} has too many clients.`)
  if (/^(LOADING|MASTERDOWN|CLUSTERDOWN|UNBLOCKED|TRYAGAIN)|READONLY/.test(message))
    return unavailable(`Redis at ${at} cannot serve at this moment.`)

  const certificate = certificateProblem(code, message)
  if (certificate) return wrong(`TLS with Redis at ${at} fails: ${certificate.text}.`, certificate.hint)
  if (/^(ENOTFOUND|EAI_AGAIN)$/.test(code)) return unavailable(`The name ${server.host} of Redis is not known.`)
  if (/^E[A-Z]+$/.test(code) && !/^(EPROTO|ECONNRESET|EPIPE|ETIMEDOUT)$/.test(code))
    return unavailable(`Redis at ${at} cannot be reached (${code}).`)
  return undefined
}

export const noAnswer = (server: Server): AssayError =>
  new AssayError("UNAVAILABLE", `Redis at ${addressOf(server)} does not answer.`, { retryable: true })

export const wrongKindOfPort = (kind: "tls" | "plain", server: Server): AssayError =>
  kind === "tls"
    ? new AssayError("INVALID_INPUT", `Redis at ${addressOf(server)} speaks TLS, and the connection does not.`, {
        hint: "Use rediss://, or `tls`.",
      })
    : new AssayError("INVALID_INPUT", `Redis at ${addressOf(server)} does not speak TLS on this port.`, {
        hint: "Use redis://, or the server's TLS port.",
      })

/** For a command that failed or was not answered. */
export function unavailable(cause: unknown, server: Server): AssayError {
  if (AssayError.isInstance(cause) && cause.code !== "INVALID_INPUT") return cause
  const known = AssayError.isInstance(cause) ? cause : connectionProblem(cause, server)
  return new AssayError("UNAVAILABLE", (known ?? noAnswer(server)).message, {
    cause: AssayError.isInstance(cause) ? cause : new Error(reasonOf(cause)),
    retryable: true,
    ...(known?.hint && { hint: known.hint }),
  })
}

/**
 * What an error of the client says. The error itself is not to be logged or passed on: it holds the command that failed, and
 * that may be the one with the password.
 */
export function reasonOf(error: unknown): string {
  const { message = "unknown" } = innermost(error)
  return message.replace(/,? with args beginning with[^]*/, "")
}

function certificateProblem(code: string, message: string): { text: string; hint: string } | undefined {
  const said = `${code} ${message}`
  // What the other side says about our certificate comes as an alert; it may also come as the end of the connection.
  if (/ALERT_CERTIFICATE_REQUIRED|alert certificate required|alert handshake failure|HANDSHAKE_FAILURE/i.test(said))
    return {
      text: "the server demands a client certificate, and none was given",
      hint: "Give `tls.cert` and `tls.key`.",
    }
  if (/ALERT_CERTIFICATE_EXPIRED|alert certificate expired/i.test(said))
    return { text: "the client certificate has expired", hint: "Give a new `tls.cert` and `tls.key`." }
  if (
    /ALERT_(UNKNOWN_CA|BAD_CERTIFICATE)|alert (unknown ca|bad certificate)|ALERT_(CERTIFICATE_UNKNOWN|DECRYPT_ERROR)/i.test(
      said,
    )
  )
    return { text: "the server does not trust the client certificate", hint: "Give one that its authority has signed." }
  if (code === "CERT_HAS_EXPIRED")
    return { text: "the server's certificate has expired", hint: "Renew it on the server." }
  if (code === "CERT_NOT_YET_VALID")
    return { text: "the server's certificate is not valid yet", hint: "Compare the clocks of both machines." }
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID")
    return {
      text: "the server's certificate is for another name",
      hint: "Use that name as host, or as `tls.servername`.",
    }
  if (/SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|CERT_UNTRUSTED|CERT_SIGNATURE_FAILURE/.test(code))
    return {
      text: "the server's certificate is not trusted",
      hint: "Give the certificate of its authority as `tls.ca`.",
    }
  return undefined
}

/** A cluster wraps what one of its nodes said. */
function innermost(error: unknown): { code?: string; message?: string } {
  let found = error
  while (isObject(found) && isObject(found["lastNodeError"])) found = found["lastNodeError"]
  return isObject(found) ? found : { message: String(found) }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null
}
