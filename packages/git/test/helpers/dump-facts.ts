import type { Database, Repository } from "@assay/core"

/**
 * All that the published snapshot of a repository holds, with names in place of numbers and in a fixed order: equal for
 * two repositories exactly if nobody can tell their results apart.
 */
export async function dumpFacts(database: Database, { id }: Pick<Repository, "id">): Promise<Dump> {
  const [snapshot] = await database.query<{ number: number }>(
    `select number, encode(commit_oid, 'hex') as commit, committed_at, branch, commits, merge_commits, contributors, files,
      lines, additions, deletions
    from assay.snapshots where repository_id = $1 and state = 'ready'`,
    [id],
  )
  if (!snapshot) throw new Error(`Repository ${id} has no snapshot.`)
  const { number, ...totals } = snapshot
  const rows = (text: string): Promise<Record<string, unknown>[]> => database.query(text, [id, number])
  return {
    totals,
    commits: await rows(`
      select encode(oid, 'hex') as oid, merge, identities.name, identities.email, authored_at, author_offset,
        committed_at, additions, deletions
      from assay.commits join assay.identities
        on identities.repository_id = commits.repository_id and identities.id = author_id
      where commits.repository_id = $1 and ${inSnapshot}
      order by oid`),
    changes: await rows(`
      select encode(commits.oid, 'hex') as oid, new.path, old.path as old_path, status, kind, added, deleted
      from assay.commits
      join assay.changes on changes.repository_id = commits.repository_id and changes.commit_id = commits.id
      join assay.paths as new on new.repository_id = commits.repository_id and new.id = changes.path_id
      left join assay.paths as old on old.repository_id = commits.repository_id and old.id = changes.old_path_id
      where commits.repository_id = $1 and ${inSnapshot}
      order by commits.oid, new.path, status`),
    files: await rows(`
      select path, encode(oid, 'hex') as oid, executable, bytes, lines, language, detectable, vendored, generated,
        documentation
      from assay.files join assay.paths on paths.repository_id = files.repository_id and paths.id = files.path_id
      where files.repository_id = $1 and ${inSnapshot}
      order by path`),
    contributors: await rows(`
      select email, name, bot, commits, additions, deletions, files_touched, first_commit_at, last_commit_at
      from assay.contributors where repository_id = $1 and snapshot = $2 order by email`),
    formerPaths: await rows(`
      select former.path, present.path as present
      from assay.former_paths as pairs
      join assay.paths as former on former.repository_id = pairs.repository_id and former.id = pairs.path_id
      join assay.paths as present on present.repository_id = pairs.repository_id and present.id = pairs.current_path_id
      where pairs.repository_id = $1 and snapshot = $2 order by former.path`),
  }
}

export type Dump = Record<
  "commits" | "changes" | "files" | "contributors" | "formerPaths",
  Record<string, unknown>[]
> & { totals: Record<string, unknown> }

const inSnapshot = "added_in <= $2 and (removed_in is null or removed_in > $2)"

/** How many rows of each table belong to a repository, those included that no reader sees. */
export async function countRows(database: Database, { id }: Pick<Repository, "id">): Promise<Record<string, number>> {
  const tables = ["snapshots", "paths", "identities", "commits", "changes", "files", "people", "contributors"]
  const counts: Record<string, number> = {}
  for (const table of [...tables, "former_paths"]) {
    const [row] = await database.query<{ count: number }>(
      `select count(*)::int as count from assay.${table} where repository_id = $1`,
      [id],
    )
    counts[table] = row!.count
  }
  return counts
}
