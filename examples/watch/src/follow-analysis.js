import { io } from "socket.io-client"
import { exitCodes } from "./exit-codes.js"
import { printable } from "./printable.js"
import { WatchError } from "./watch-error.js"

/**
 * Joins the project and says each update, until the analysis is finished or failed. A lost connection is taken up where it
 * was; nothing is missed or said twice.
 *
 * @param {{ url: string, apiKey: string | undefined, projectId: string }} what
 * @param {{ say: (line: string) => void, signal: AbortSignal }} how
 * @returns {Promise<{ data?: unknown, error?: string }>}
 */
export async function followAnalysis({ url, apiKey, projectId }, { say, signal }) {
  const { origin, pathname } = new URL(url)
  const socket = io(origin, {
    path: `${pathname.replace(/\/$/, "")}/socket.io/`,
    ...(apiKey && { auth: { apiKey } }),
  })
  /** @type {number | undefined} */
  let last
  try {
    return await new Promise((resolve, reject) => {
      const stop = () => reject(signal.reason)
      if (signal.aborted) stop()
      signal.addEventListener("abort", stop, { once: true })
      const refuse = (/** @type {string} */ why) => reject(new WatchError(why, exitCodes.refused))

      // Each time, because the process that is reached after a lost connection knows nothing of the join.
      socket.on("connect", () => socket.emit("join_project", projectId, last === undefined ? {} : { after: last }))
      socket.on("event", ({ seq, type }) => {
        if (type !== "job.progress") last = seq
      })
      socket.on("status_update", (update) => say(describeUpdate(update)))
      socket.on("analysis_complete", ({ data }) => resolve({ data }))
      socket.on("analysis_error", ({ error }) => resolve({ error: String(error) }))
      socket.on("join_error", ({ message, hint }) => refuse(`${message}${hint ? `\n${hint}` : ""}`))
      socket.on("disconnect", (reason) => {
        if (reason !== "io client disconnect") say("The connection is lost; connecting again …")
      })
      socket.on("connect_error", (error) => {
        const { code } = /** @type {{ data?: { code?: string } }} */ (error).data ?? {}
        // Whoever is refused by name is refused again; anything else may pass.
        if (code === "UNAUTHENTICATED" || code === "FORBIDDEN") refuse(error.message)
      })
    })
  } finally {
    socket.disconnect()
  }
}

/** @param {{ status: string, message: string, timestamp: string, progress?: number }} update */
function describeUpdate({ status, message, timestamp, progress }) {
  const time = printable(timestamp).slice(11, 19)
  const share = progress === undefined ? "" : ` ${Math.floor(progress)} %`
  return `${time}  ${printable(status)}${share} - ${printable(message)}`
}
