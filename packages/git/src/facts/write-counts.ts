import type { Transaction } from "@assay/core"
import { toDate } from "./claimed-time.js"
import type { HistoryCounts } from "./count-contributors.js"
import type { FactScope } from "./fact-scope.js"
import { repeated } from "./fact-scope.js"
import { inSnapshot } from "./in-snapshot.js"

/** Writes what was counted of the snapshot that is being built: its contributors, and its totals. */
export async function writeCounts(
  transaction: Transaction,
  { tenant, repositoryId }: FactScope,
  counted: { snapshot: number; counts: HistoryCounts },
): Promise<void> {
  const { snapshot, counts } = counted
  const { contributors, committedAt } = counts
  await transaction.insertColumns({
    table: "assay.contributors",
    columns: {
      tenant: "text",
      repository_id: "int",
      snapshot: "int",
      person_id: "int",
      name: "text",
      email: "text",
      bot: "boolean",
      commits: "int",
      additions: "bigint",
      deletions: "bigint",
      files_touched: "int",
      first_commit_at: "timestamptz",
      last_commit_at: "timestamptz",
    },
    values: [
      repeated(tenant, contributors.length),
      repeated(repositoryId, contributors.length),
      repeated(snapshot, contributors.length),
      contributors.map(({ personId }) => personId),
      contributors.map(({ name }) => name),
      contributors.map(({ email }) => email),
      contributors.map(({ bot }) => bot),
      contributors.map(({ commits }) => commits),
      contributors.map(({ additions }) => additions),
      contributors.map(({ deletions }) => deletions),
      contributors.map(({ filesTouched }) => filesTouched),
      contributors.map(({ firstCommitAt }) => toDate(firstCommitAt)),
      contributors.map(({ lastCommitAt }) => toDate(lastCommitAt)),
    ],
  })
  await transaction.query(
    `update assay.snapshots set commits = $3, merge_commits = $4, additions = $5, deletions = $6, contributors = $7,
      committed_at = $8, files = present.files, lines = present.lines
    from (
      select count(*) as files, coalesce(sum(lines), 0) as lines
      from assay.files where repository_id = $1 and ${inSnapshot("files")}
    ) as present
    where repository_id = $1 and number = $2`,
    [
      ...[repositoryId, snapshot, counts.commits, counts.merges, counts.additions, counts.deletions],
      ...[contributors.length, committedAt === undefined ? undefined : toDate(committedAt)],
    ],
  )
}
