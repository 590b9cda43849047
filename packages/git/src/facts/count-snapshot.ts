import type { Transaction } from "@assay/core"
import type { FactScope } from "./fact-scope.js"
import { inSnapshot } from "./in-snapshot.js"

/** The statements below count the snapshot `$2` of the repository `$1`. */
type Counting = Pick<FactScope, "tenant" | "repositoryId"> & { snapshot: number }

/** Follows renames: for each path that is gone, to which file of the snapshot it was renamed in the end, if to any. */
export async function followRenames(transaction: Transaction, counting: Counting): Promise<void> {
  await transaction.query(
    `insert into assay.former_paths (tenant, repository_id, snapshot, path_id, current_path_id)
    with recursive present as (
      select path_id from assay.files where repository_id = $1 and ${inSnapshot("files")}
    ), renamed as (
      -- A path may have been used, and renamed, more than once: the newest time counts, and one path has one successor.
      select distinct on (changes.old_path_id) changes.old_path_id as path_id, changes.path_id as next_path_id
      from assay.changes
      join assay.commits on commits.repository_id = $1 and commits.id = changes.commit_id and ${inSnapshot("commits")}
      where changes.repository_id = $1 and changes.old_path_id is not null and changes.status = 'R'
        and not exists (select from present where present.path_id = changes.old_path_id)
      order by changes.old_path_id, commits.committed_at desc, commits.oid
    ), followed as (
      select renamed.path_id, renamed.next_path_id as current_path_id, 1 as steps
      from renamed join present on present.path_id = renamed.next_path_id
      union all
      select renamed.path_id, followed.current_path_id, followed.steps + 1
      from renamed join followed on followed.path_id = renamed.next_path_id
      where followed.steps < 1000
    )
    select $3, $1, $2, path_id, current_path_id from followed`,
    [counting.repositoryId, counting.snapshot, counting.tenant],
  )
}

/**
 * Counts what each person did in non-merge commits. A person with several names is called by the one with most commits;
 * times are those of the authors' clocks.
 */
export async function countContributors(transaction: Transaction, counting: Counting): Promise<void> {
  await transaction.query(
    `insert into assay.contributors
      (tenant, repository_id, snapshot, person_id, name, email, bot, commits, additions, deletions, files_touched,
        first_commit_at, last_commit_at)
    with authored as (
      select author_id, count(*) as commits, sum(additions) as additions, sum(deletions) as deletions,
        min(authored_at) as first_commit_at, max(authored_at) as last_commit_at
      from assay.commits where repository_id = $1 and not merge and ${inSnapshot("commits")}
      group by author_id
    ), named as (
      select distinct on (person_id) person_id, name, email, bot
      from (
        select people.person_id, people.name, people.email, people.bot, sum(authored.commits) as commits
        from authored join assay.people on people.identity_id = authored.author_id
        where people.repository_id = $1 and people.snapshot = $2
        group by people.person_id, people.name, people.email, people.bot
      ) as names
      order by person_id, commits desc, name, bot
    ), counted as (
      select people.person_id, sum(commits) as commits, sum(additions) as additions, sum(deletions) as deletions,
        min(first_commit_at) as first_commit_at, max(last_commit_at) as last_commit_at
      from authored join assay.people on people.identity_id = authored.author_id
      where people.repository_id = $1 and people.snapshot = $2
      group by people.person_id
    ), touching as (
      select people.person_id, changes.path_id, changes.old_path_id
      from assay.changes
      join assay.commits on commits.repository_id = $1 and commits.id = changes.commit_id and ${inSnapshot("commits")}
      join assay.people on people.repository_id = $1 and people.snapshot = $2 and people.identity_id = commits.author_id
      where changes.repository_id = $1
    ), touched as (
      select person_id, count(*) as files
      from (
        select person_id, path_id from touching
        union
        select person_id, old_path_id from touching where old_path_id is not null
      ) as paths
      group by person_id
    )
    select $3, $1, $2, counted.person_id, named.name, named.email, named.bot, counted.commits, counted.additions,
      counted.deletions, coalesce(touched.files, 0), counted.first_commit_at, counted.last_commit_at
    from counted join named using (person_id) left join touched using (person_id)`,
    [counting.repositoryId, counting.snapshot, counting.tenant],
  )
}

/**
 * Writes the totals into the row of the snapshot that is being built, and when its commit was committed: numbers that
 * depend on a date depend on this one, so that they can be had again later. After the contributors were counted.
 */
export async function countTotals(transaction: Transaction, counting: Counting): Promise<void> {
  await transaction.query(
    `update assay.snapshots set commits = c.commits, merge_commits = c.merges, additions = c.additions,
      deletions = c.deletions, files = f.files, lines = f.lines, contributors = p.contributors, committed_at = (
        select commits.committed_at from assay.commits
        where commits.repository_id = $1 and commits.oid = snapshots.commit_oid and ${inSnapshot("commits")}
      )
    from (
      select count(*) as commits, count(*) filter (where merge) as merges,
        coalesce(sum(additions), 0) as additions, coalesce(sum(deletions), 0) as deletions
      from assay.commits where repository_id = $1 and ${inSnapshot("commits")}
    ) as c, (
      select count(*) as files, coalesce(sum(lines), 0) as lines
      from assay.files where repository_id = $1 and ${inSnapshot("files")}
    ) as f, (
      select count(*) as contributors from assay.contributors where repository_id = $1 and snapshot = $2
    ) as p
    where repository_id = $1 and number = $2`,
    [counting.repositoryId, counting.snapshot],
  )
}
