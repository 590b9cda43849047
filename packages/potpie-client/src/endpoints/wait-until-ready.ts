import { PotpieError } from "../errors.js"
import type { Connection } from "../http/connection.js"
import { pause } from "../http/pause.js"
import { longestTimer } from "../http/phase-timer.js"
import type { CallOptions } from "./call-options.js"
import { invalidInput } from "./check-input.js"
import type { ParsedProject } from "./parse.js"
import { findProject, getStatus, type ProjectStatus } from "./project-status.js"

export interface WaitOptions extends CallOptions {
  /** Told every status that is read, the last one included. What it throws ends the wait. */
  onStatus?: ((status: ProjectStatus) => void) | undefined
  /** How long to wait at most, in milliseconds. Default 3,600,000 (an hour). */
  waitMs?: number | undefined
  /** The first pause between two looks, in milliseconds. Default 5,000; it grows. */
  pollMs?: number | undefined
  /** The longest pause. Default 15,000. */
  maxPollMs?: number | undefined
  /** Takes `inferring` for ready: agents answer by then, only their tools on embeddings are off. Default `false`. */
  acceptInferring?: boolean | undefined
}

export async function waitUntilReady(
  connection: Connection,
  project: string | ParsedProject,
  options: WaitOptions = {},
): Promise<ProjectStatus> {
  const { signal, waitMs = 3_600_000, pollMs = 5_000 } = options
  if (!(waitMs > 0) || !(pollMs > 0)) throw invalidInput("pollMs", "must be more than 0, and so must waitMs")
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), Math.min(waitMs, longestTimer))
  const seen: Seen = { status: undefined, failure: undefined }
  try {
    const either = signal ? AbortSignal.any([signal, deadline.signal]) : deadline.signal
    return await poll(connection, project, { options: { ...options, pollMs, signal: either }, seen })
  } catch (error) {
    const isOver = deadline.signal.aborted && !signal?.aborted
    throw isOver && PotpieError.isInstance(error) && error.code === "ABORTED" ? notReady(seen, waitMs) : error
  } finally {
    clearTimeout(timer)
  }
}

/** What is known when the time is over. */
interface Seen {
  status: ProjectStatus | undefined
  /** Of the last look, if it failed. */
  failure: PotpieError | undefined
}

interface Poll {
  options: WaitOptions & { pollMs: number }
  seen: Seen
}

async function poll(
  connection: Connection,
  project: string | ParsedProject,
  { options, seen }: Poll,
): Promise<ProjectStatus> {
  const { onStatus, acceptInferring, maxPollMs = 15_000, signal } = options
  const look = createLook(connection, project, options)
  for (let delay = options.pollMs; ; delay = Math.min(maxPollMs, delay * 1.2)) {
    try {
      seen.status = await look()
      seen.failure = undefined
    } catch (error) {
      // A server that is away for a while has not lost the project.
      if (!PotpieError.isInstance(error) || !error.retryable) throw error
      seen.failure = error
      connection.logger?.warn(
        { code: error.code },
        "The status of the project could not be read; it will be tried again",
      )
    }
    if (!seen.failure && seen.status) {
      onStatus?.(seen.status)
      if (seen.status.phase === "ready" || (acceptInferring && seen.status.status === "inferring")) return seen.status
      if (seen.status.phase === "failed") throw parseFailed(seen.status)
    }
    // Jitter: those who began together do not ask together for ever.
    await pause(delay * (0.9 + Math.random() * 0.2), signal)
  }
}

/**
 * To ask by id queues the whole parse again whenever it has been `submitted` for ten minutes (L, S, and 1.0.2 on), and at S it is
 * `submitted` all the time. To ask by name does not. So that is done where the name is known, as long as it finds this project.
 */
function createLook(
  connection: Connection,
  project: string | ParsedProject,
  options: CallOptions,
): () => Promise<ProjectStatus> {
  const projectId = typeof project === "string" ? project : project.projectId
  const source = typeof project === "string" ? undefined : project.source
  let byName = source?.repoName !== undefined
  return async () => {
    if (byName && source?.repoName !== undefined) {
      const { repoName, branchName, commitId } = source
      const found = await findProject(connection, { repoName, branchName, commitId }, options)
      if (found?.projectId === projectId) {
        const { status, phase, latest } = found
        return { projectId, status, phase, latest }
      }
      byName = false
    }
    return getStatus(connection, projectId, options)
  }
}

function parseFailed({ projectId, status }: ProjectStatus): PotpieError {
  return new PotpieError("POTPIE_PARSE_FAILED", `Potpie could not parse project ${projectId}: it says ${status}.`, {
    hint:
      "The repository, branch or commit does not exist, or the server has no access to it; it never says which. Parse a branch next: " +
      "a failed commit that is parsed again is called ready without having been parsed.",
  })
}

function notReady({ status, failure }: Seen, waitMs: number): PotpieError {
  const state = status ? `its last status was ${status.status}` : "its status could not be read"
  return new PotpieError("POTPIE_TIMEOUT", `The project was not ready after ${waitMs} ms; ${state}.`, {
    phase: "ready",
    retryable: true,
    cause: failure,
    hint: "Parsing goes on at the server. Wait again for the same project; to parse again would begin anew.",
  })
}
