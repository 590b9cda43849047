import type { Insight, InsightSnapshot, SnapshotComparison } from "@assay/core"
import { z } from "zod"
import { snakeCase, snakeCaseMembers } from "./snake-case.js"
import { timeSchema, toTime } from "./time.js"

export const insightSnapshotSchema = z.object({
  number: z.int().describe("1, 2, 3 … of this repository."),
  commit: z.string(),
  branch: z.string(),
  committed_at: timeSchema.nullable(),
  published_at: timeSchema.nullable(),
  stale: z.boolean().describe("A newer one is being built."),
  complete: z.boolean().describe("False: the first numbers of a repository that is read for the first time."),
})

const record = z.record(z.string(), z.unknown())

export const insightSchema = z.object({
  name: z.string(),
  repository_id: z.int(),
  definition: z.string().describe("What exactly was counted."),
  parameters: record.describe("As they were used, defaults included."),
  exclusions: z
    .array(z.object({ what: z.string(), count: z.number(), unit: z.string(), reason: z.string() }))
    .describe("What was left out, and why."),
  snapshot: insightSnapshotSchema,
  values: record.describe("The numbers that are one for the whole."),
  columns: z.array(z.string()).describe("The members of the rows, in their order."),
  data: z.array(record).describe("One page of the rows."),
  total: z.int().describe("Rows of all pages."),
  next_cursor: z.string().nullable(),
  has_more: z.boolean(),
})

export const comparisonSchema = z.object({
  base: insightSnapshotSchema,
  head: insightSnapshotSchema,
  values: z.record(z.string(), z.object({ base: z.unknown(), head: z.unknown(), difference: z.number().nullable() })),
  hotspots: z.array(z.object({ path: z.string(), base: z.number(), head: z.number() })),
})

export function toInsightView(insight: Insight, repositoryId: number): z.output<typeof insightSchema> {
  return {
    name: insight.name,
    repository_id: repositoryId,
    definition: insight.definition,
    parameters: snakeCaseMembers(insight.parameters) as z.output<typeof record>,
    exclusions: insight.exclusions.map(({ what, count, unit, reason }) => ({ what, count, unit, reason })),
    snapshot: toInsightSnapshotView(insight.snapshot),
    values: snakeCaseMembers(insight.values) as z.output<typeof record>,
    columns: insight.columns.map(snakeCase),
    data: insight.rows.map((row) => snakeCaseMembers(row) as z.output<typeof record>),
    total: insight.total,
    next_cursor: insight.cursor ?? null,
    has_more: insight.cursor !== undefined,
  }
}

export function toInsightSnapshotView(snapshot: InsightSnapshot): z.output<typeof insightSnapshotSchema> {
  const { number, commit, branch, stale, complete } = snapshot
  return {
    ...{ number, commit, branch },
    committed_at: toTime(snapshot.committedAt),
    published_at: toTime(snapshot.publishedAt),
    ...{ stale, complete },
  }
}

export function toComparisonView(comparison: SnapshotComparison): z.output<typeof comparisonSchema> {
  return {
    base: toInsightSnapshotView(comparison.base),
    head: toInsightSnapshotView(comparison.head),
    values: snakeCaseMembers(comparison.values) as z.output<typeof comparisonSchema>["values"],
    hotspots: comparison.hotspots.map(({ path, base, head }) => ({ path, base, head })),
  }
}
