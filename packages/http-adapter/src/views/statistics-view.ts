import type { BusFactor, ContributorStatistics, DayActivity, FileChurn, FileStatistics } from "@assay/core"
import { z } from "zod"
import { timeSchema, toTime } from "./time.js"

/** Whose numbers they are, and since when they have been the ones that readers see. */
export interface Published {
  readonly repositoryId: number
  readonly at: Date
}

export const contributorSchema = z.object({
  id: z.int(),
  repository_id: z.int(),
  email: z.string(),
  name: z.string(),
  first_commit_at: timeSchema,
  last_commit_at: timeSchema,
  created_at: timeSchema.describe("When the snapshot was published."),
  updated_at: timeSchema.describe("When the snapshot was published."),
  commits: z.int().describe("Non-merge commits authored."),
  additions: z.int(),
  deletions: z.int(),
  files_touched: z.int().describe("Distinct paths."),
  bot: z.boolean(),
})

export function toContributorView(
  contributor: ContributorStatistics,
  published: Published,
): z.output<typeof contributorSchema> {
  return {
    id: contributor.id,
    repository_id: published.repositoryId,
    email: contributor.email,
    name: contributor.name,
    first_commit_at: toTime(contributor.firstCommitAt),
    last_commit_at: toTime(contributor.lastCommitAt),
    created_at: toTime(published.at),
    updated_at: toTime(published.at),
    commits: contributor.commits,
    additions: contributor.additions,
    deletions: contributor.deletions,
    files_touched: contributor.filesTouched,
    bot: contributor.bot,
  }
}

export const fileSchema = z.object({
  id: z.int(),
  repository_id: z.int(),
  path: z.string(),
  language: z.string().nullable(),
  lines: z.int().nullable().describe("Null for binary files."),
  bytes: z.int(),
  binary: z.boolean(),
  last_modified_at: timeSchema.nullable(),
  created_at: timeSchema.describe("When the snapshot was published."),
  updated_at: timeSchema.describe("When the snapshot was published."),
})

export function toFileView(file: FileStatistics, published: Published): z.output<typeof fileSchema> {
  return {
    id: file.id,
    repository_id: published.repositoryId,
    path: file.path,
    language: file.language ?? null,
    lines: file.lines ?? null,
    bytes: file.bytes,
    binary: file.binary,
    last_modified_at: toTime(file.lastModifiedAt),
    created_at: toTime(published.at),
    updated_at: toTime(published.at),
  }
}

export const busFactorSchema = z.object({
  bus_factor: z.int().describe("The fewest developers that own at least `threshold` of the files."),
  threshold: z.number(),
  total_files: z.int().describe("Files that have an owner."),
  top_contributors: z.array(
    z.object({
      name: z.string(),
      email: z.string(),
      files_owned: z.int(),
      share: z.number().describe("Of all files that have an owner, 0 to 1."),
      percentage: z.number().describe("The same, 0 to 100."),
    }),
  ),
  risk_level: z.enum(["high", "medium", "low", "unknown"]),
})

export function toBusFactorView(busFactor: BusFactor): z.output<typeof busFactorSchema> {
  return {
    bus_factor: busFactor.busFactor,
    threshold: busFactor.threshold,
    total_files: busFactor.totalFiles,
    top_contributors: busFactor.topContributors.map(({ name, email, filesOwned, share }) => ({
      name,
      email,
      files_owned: filesOwned,
      share,
      percentage: Math.round(share * 10_000) / 100,
    })),
    risk_level: busFactor.riskLevel,
  }
}

export const churnSchema = z.object({
  file_path: z.string(),
  commit_count: z.int(),
  lines_changed: z.int().describe("Added plus deleted."),
  churn_score: z.number().describe("0 to 100, relative to all files of the repository."),
  category: z.enum(["hotspot", "frequent", "massive", "stable"]),
  last_modified: timeSchema,
})

export function toChurnView(churn: FileChurn): z.output<typeof churnSchema> {
  return {
    file_path: churn.path,
    commit_count: churn.commits,
    lines_changed: churn.linesChanged,
    churn_score: churn.score,
    category: churn.category,
    last_modified: toTime(churn.lastModifiedAt),
  }
}

export const activitySchema = z.object({
  date: z.iso.date(),
  count: z.int(),
  level: z.int().min(0).max(4).describe("0 none, 1 up to two, 2 up to five, 3 up to ten, 4 more."),
})

export function toActivityView({ date, count, level }: DayActivity): z.output<typeof activitySchema> {
  return { date, count, level }
}
