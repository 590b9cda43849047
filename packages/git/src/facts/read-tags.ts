import type { Database } from "@assay/core"
import type { TagFacts } from "./snapshot-facts.js"

/** The tags of a snapshot, oldest first, those of one moment by name. */
export async function readTags(tags: {
  database: Pick<Database, "query">
  repositoryId: number
  snapshot: number
}): Promise<TagFacts[]> {
  const rows = await tags.database.query<{
    name: string
    commit: string
    created_at: Date
    since_commits: number | null
    since_authors: number[] | null
  }>(
    `select name, encode(commit_oid, 'hex') as commit, created_at, since_commits, since_authors
    from assay.tags where repository_id = $1 and snapshot = $2 order by created_at, name`,
    [tags.repositoryId, tags.snapshot],
  )
  return rows.map(({ name, commit, created_at: createdAt, since_commits: commits, since_authors: authorIds }) => ({
    ...{ name, commit, createdAt },
    since: commits === null ? undefined : { commits, authorIds: authorIds ?? [] },
  }))
}
