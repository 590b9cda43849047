import type { ContributorStatistics, Database } from "@assay/core"

/** Whose contributors, in which order, and which part of them. */
export interface ContributorsQuery {
  repositoryId: number
  snapshot: number
  order: "name" | "commits"
  /** Whether programs are among them. */
  bots: boolean
  limit: number
  offset: number
}

const orders: Readonly<Record<ContributorsQuery["order"], string>> = {
  name: "name, email",
  commits: "commits desc, email",
}

export async function readContributors(
  database: Pick<Database, "query">,
  query: ContributorsQuery,
): Promise<ContributorStatistics[]> {
  const rows = await database.query<ContributorRow>(
    `select person_id, name, email, commits, additions, deletions, files_touched, bot, first_commit_at, last_commit_at
    from assay.contributors where repository_id = $1 and snapshot = $2 and (not bot or $3)
    order by ${orders[query.order]} limit $4 offset $5`,
    [query.repositoryId, query.snapshot, query.bots, query.limit, query.offset],
  )
  return rows.map((row) => ({
    id: row.person_id,
    name: row.name,
    email: row.email,
    commits: row.commits,
    additions: row.additions,
    deletions: row.deletions,
    filesTouched: row.files_touched,
    bot: row.bot,
    firstCommitAt: row.first_commit_at,
    lastCommitAt: row.last_commit_at,
  }))
}

interface ContributorRow {
  person_id: number
  name: string
  email: string
  commits: number
  additions: number
  deletions: number
  files_touched: number
  bot: boolean
  first_commit_at: Date
  last_commit_at: Date
}
