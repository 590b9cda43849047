import { jobStates, repositoryStatus } from "@assay/core"
import type { Job, Repository, Snapshot } from "@assay/core"
import { z } from "zod"
import { progressSchema, toProgressView } from "./job-view.js"
import { timeSchema, toTime } from "./time.js"

export const statusSchema = z.enum(["pending", "indexing", "completed", "failed", "deleting"])

export const snapshotSchema = z.object({
  id: z.int(),
  number: z.int().describe("1, 2, 3 … of this repository."),
  commit: z.string(),
  branch: z.string(),
  published_at: timeSchema,
  totals: z.object({
    commits: z.int(),
    merge_commits: z.int(),
    contributors: z.int(),
    files: z.int(),
    lines: z.int(),
    additions: z.int(),
    deletions: z.int(),
  }),
})

export const latestJobSchema = z.object({
  id: z.string(),
  type: z.string(),
  state: z.enum(jobStates),
  stage: z.string().nullable(),
  progress: progressSchema.nullable(),
})

export const repositorySchema = z.object({
  id: z.int(),
  url: z.string(),
  name: z.string().describe("For people: `owner/repo`."),
  default_branch: z.string().nullable().describe("Null until it was given or found at the first fetch."),
  status: statusSchema,
  last_indexed_at: timeSchema.nullable(),
  created_at: timeSchema,
  updated_at: timeSchema,
  snapshot: snapshotSchema.nullable().describe("The complete set of results that the statistics are about."),
  latest_job: latestJobSchema.nullable(),
})

export type RepositoryView = z.output<typeof repositorySchema>

export function toRepositoryView(repository: Repository, latestJob: Job | undefined): RepositoryView {
  const { snapshot } = repository
  return {
    id: repository.id,
    url: repository.url,
    name: repository.name,
    default_branch: repository.defaultBranch ?? null,
    status: repositoryStatus(repository, latestJob),
    last_indexed_at: toTime(snapshot?.publishedAt),
    created_at: toTime(repository.createdAt),
    updated_at: toTime(repository.updatedAt),
    snapshot: snapshot ? toSnapshotView(snapshot) : null,
    latest_job: latestJob ? toLatestJobView(latestJob) : null,
  }
}

function toSnapshotView({
  id,
  number,
  commit,
  branch,
  publishedAt,
  totals,
}: Snapshot): z.output<typeof snapshotSchema> {
  const { commits, mergeCommits, contributors, files, lines, additions, deletions } = totals
  return {
    id,
    number,
    commit,
    branch,
    published_at: toTime(publishedAt),
    totals: { commits, merge_commits: mergeCommits, contributors, files, lines, additions, deletions },
  }
}

export function toLatestJobView({ id, type, state, stage, progress }: Job): z.output<typeof latestJobSchema> {
  return { id, type, state, stage: stage ?? null, progress: progress ? toProgressView(progress) : null }
}
