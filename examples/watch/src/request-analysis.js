import { exitCodes } from "./exit-codes.js"
import { WatchError } from "./watch-error.js"

/**
 * POST /analyze.
 *
 * @param {import("./read-arguments.js").Request} request
 * @param {AbortSignal} signal
 * @returns {Promise<{ projectId: string, message: string, position: number | undefined }>}
 */
export async function requestAnalysis({ url, apiKey, repo, branch, question, token }, signal) {
  const response = await fetch(`${url}/analyze`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(apiKey && { "x-api-key": apiKey }) },
    body: JSON.stringify({ repo, branch, ...(question && { question }), ...(token && { github_token: token }) }),
    // A token is for this service, and not for wherever it may send us.
    redirect: "error",
    signal,
  }).catch((error) => {
    if (signal.aborted) throw error
    throw refused(
      `The service at ${url} cannot be reached (${error.cause?.code ?? error.cause?.message ?? error.message}).`,
    )
  })
  const answer = /** @type {any} */ (await response.json().catch(() => undefined))
  if (response.ok && typeof answer?.project_id === "string") {
    return {
      projectId: answer.project_id,
      message: String(answer.message ?? answer.status),
      position: answer.queue_position ?? undefined,
    }
  }
  const { error, message, hint, code } = answer ?? {}
  const why = message ?? error ?? response.statusText
  throw refused(`The service refuses (${response.status}${code ? ` ${code}` : ""}): ${why}${hint ? `\n${hint}` : ""}`)
}

/** @param {string} message */
function refused(message) {
  return new WatchError(message, exitCodes.refused)
}
