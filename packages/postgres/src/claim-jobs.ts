import type { Claim, ClaimRequest, Database, Job } from "@assay/core"
import { toJob } from "./rows.js"
import type { JobRow } from "./rows.js"
import { claimBest, claimNamed, claimValues } from "./statements/claim.js"
import { lostRace, tryAgain } from "./try-again.js"

export async function claimJobs(database: Database, request: ClaimRequest, time: Date | undefined): Promise<Claim> {
  return { jobs: await claimAny(database, request, time), nextInMs: undefined }
}

async function claimAny(database: Database, request: ClaimRequest, time: Date | undefined): Promise<Job[]> {
  if (request.limit <= 0 || request.types.length === 0) return []
  const claimed = await claim(database, claimBest, claimValues(request, time))
  const limit = request.limit - claimed.length
  const missed = (request.prefer ?? []).filter((jobId) => !claimed.some((job) => job.id === jobId))
  if (limit === 0 || missed.length === 0) return claimed
  return [...claimed, ...(await claim(database, claimNamed, [...claimValues({ ...request, limit }, time), missed]))]
}

/** Somebody may have claimed a job of the same exclusive key since the statement began. Then there is one less to have. */
async function claim(database: Database, statement: string, values: unknown[]): Promise<Job[]> {
  const rivals = ["jobs_running_exclusive_key"]
  try {
    return (await tryAgain(() => database.query<JobRow>(statement, values), rivals)).map(toJob)
  } catch (error) {
    if (lostRace(error, rivals)) return []
    throw error
  }
}
