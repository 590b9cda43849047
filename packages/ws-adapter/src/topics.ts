import { isJobId } from "@assay/core"
import type { FeedEvent, JobId, JobReader } from "@assay/core"
import { LiveError } from "./errors.js"

/** What a reader of the feed wants to hear of: these jobs, and all jobs of these repositories. */
export interface Topics {
  readonly jobs: ReadonlySet<JobId>
  readonly repositories: ReadonlySet<number>
}

const mostTopics = 100
const mostRemembered = 10_000

/** From `job:job_…,repo:7`. `undefined` for nothing at all. Throws `MALFORMED_MESSAGE`. */
export function parseTopics(text: string | undefined): Topics | undefined {
  const words = (text ?? "").split(",").filter((word) => word !== "")
  if (words.length === 0) return undefined
  const jobs = new Set<JobId>()
  const repositories = new Set<number>()
  for (const word of words) {
    const [, kind, id = ""] = /^(job|repo):(.+)$/.exec(word) ?? []
    if (kind === "job" && isJobId(id)) jobs.add(id)
    else if (kind === "repo" && /^[1-9]\d{0,14}$/.test(id)) repositories.add(Number(id))
    else throw malformed("That is not a topic.")
  }
  if (jobs.size + repositories.size > mostTopics) throw malformed(`One reader may have ${mostTopics} topics.`)
  return { jobs, repositories }
}

/** Leaves the events that somebody wants. Which repository a job is on never changes, so that it is read once. */
export function createTopicFilter(
  reader: Pick<JobReader, "get">,
  { jobs, repositories }: Topics,
): (rows: readonly FeedEvent[]) => Promise<readonly FeedEvent[]> {
  const wanted = new Map<JobId, boolean>()

  async function isWanted(jobId: JobId): Promise<boolean> {
    if (jobs.has(jobId)) return true
    if (repositories.size === 0) return false
    const job = await reader.get(jobId)
    return job?.repositoryId !== undefined && repositories.has(job.repositoryId)
  }

  return async (rows) => {
    if (wanted.size > mostRemembered) wanted.clear()
    const unknown = [...new Set(rows.map(({ jobId }) => jobId))].filter((jobId) => !wanted.has(jobId))
    await Promise.all(unknown.map(async (jobId) => wanted.set(jobId, await isWanted(jobId))))
    return rows.filter(({ jobId }) => wanted.get(jobId) === true)
  }
}

function malformed(message: string): LiveError {
  return new LiveError("MALFORMED_MESSAGE", message, {
    hint: "Name them as ?topics=job:<id of a job>,repo:<id of a repository>, with commas between them.",
  })
}
