import type { Database, Repository } from "@assay/core"
import { openSnapshotFacts } from "../../src/facts/open-snapshot-facts.js"
import type { HistoryBlock, SnapshotFacts } from "../../src/facts/snapshot-facts.js"

/**
 * All that the published snapshot of a repository holds, with names in place of numbers and in a fixed order: equal for
 * two repositories exactly if nobody can tell their results apart.
 */
export async function dumpFacts(database: Database, { id, tenant }: Pick<Repository, "id" | "tenant">): Promise<Dump> {
  const [snapshot] = await database.query<{ number: number; commit: string; committed_at: Date; branch: string }>(
    `select number, encode(commit_oid, 'hex') as commit, committed_at, branch, commits, merge_commits, contributors, files,
      lines, additions, deletions
    from assay.snapshots where repository_id = $1 and state = 'ready'`,
    [id],
  )
  if (!snapshot) throw new Error(`Repository ${id} has no snapshot.`)
  const { number, ...totals } = snapshot
  const { commit, branch, committed_at: committedAt } = snapshot
  // An object of its own, so that nothing is kept from one dump to the next.
  const fresh = { query: database.query.bind(database) }
  const facts = openSnapshotFacts(fresh, {
    ...{ tenant, repositoryId: id, snapshot: { number, commit, branch, committedAt } },
  })
  const oids = await database.query<{ id: number; oid: string }>(
    "select id, encode(oid, 'hex') as oid from assay.commits where repository_id = $1",
    [id],
  )
  const names: Names = {
    oids: new Map(oids.map((row) => [row.id, row.oid])),
    paths: await facts.paths(),
    people: new Map((await facts.people()).map((person) => [person.id, `${person.name} <${person.email}>`])),
  }
  const history: HistoryBlock[] = []
  for await (const block of facts.history()) history.push(block)
  return {
    totals,
    commits: sorted(history.flatMap((block) => dumpCommits(block, names))),
    changes: sorted(history.flatMap((block) => dumpChanges(block, names))),
    files: (await facts.files()).map(({ pathId: _, ...file }) => file),
    contributors: await database.query(
      `select email, name, bot, commits, additions, deletions, files_touched, first_commit_at, last_commit_at
      from assay.contributors where repository_id = $1 and snapshot = $2 order by email`,
      [id, number],
    ),
    people: dumpPeople(await facts.people(), history),
    tags: (await facts.tags()).map(({ since, ...tag }) => ({
      ...tag,
      since: since && { ...since, authorIds: since.authorIds.map((author) => names.people.get(author)).sort() },
    })),
    ...(await dumpLines(facts, names)),
  }
}

export type Dump = Record<
  "commits" | "changes" | "files" | "contributors" | "people" | "tags" | "ledger" | "fileLines",
  Record<string, unknown>[]
> & { totals: Record<string, unknown> }

interface Names {
  oids: ReadonlyMap<number, string>
  paths: ReadonlyMap<number, string>
  people: ReadonlyMap<number, string>
}

function dumpCommits({ commits }: HistoryBlock, names: Names): Record<string, unknown>[] {
  return Array.from({ length: commits.length }, (_, at) => ({
    oid: names.oids.get(commits.id[at]!),
    merge: commits.merge[at],
    author: names.people.get(commits.authorId[at]!),
    authoredAt: commits.authoredAt[at],
    authorOffset: commits.authorOffset[at],
    committedAt: commits.committedAt[at],
    rank: commits.rank[at],
    tie: commits.tie[at],
    coauthors: Array.from(commits.coauthors.get(at) ?? [], (author) => names.people.get(author)).sort(),
  }))
}

function dumpChanges({ commits, changes }: HistoryBlock, names: Names): Record<string, unknown>[] {
  return Array.from({ length: commits.length }, (_, commit) =>
    Array.from({ length: commits.firstChange[commit + 1]! - commits.firstChange[commit]! }, (__, offset) => {
      const at = commits.firstChange[commit]! + offset
      return {
        oid: names.oids.get(commits.id[commit]!),
        path: names.paths.get(changes.pathId[at]!),
        oldPath: names.paths.get(changes.oldPathId[at]!),
        status: String.fromCharCode(changes.status[at]!),
        kind: String.fromCharCode(changes.kind[at]!),
        added: changes.added[at],
        deleted: changes.deleted[at],
      }
    }),
  ).flat()
}

/** Identities are kept when their commits go, so only those count that have some. */
function dumpPeople(
  people: Awaited<ReturnType<SnapshotFacts["people"]>>,
  history: readonly HistoryBlock[],
): Record<string, unknown>[] {
  const present = new Set<number>()
  for (const { commits } of history) {
    for (const author of commits.authorId) present.add(author)
    for (const others of commits.coauthors.values()) for (const author of others) present.add(author)
  }
  return sorted(
    people
      .filter(({ id }) => present.has(id))
      .map(({ name, email, personName, personEmail, bot }) => ({ name, email, personName, personEmail, bot })),
  )
}

async function dumpLines(facts: SnapshotFacts, names: Names): Promise<Pick<Dump, "ledger" | "fileLines">> {
  const lines = await facts.lines()
  if (!lines) return { ledger: [], fileLines: [] }
  const oid = (position: number): string | undefined => names.oids.get(lines.commits.id[position]!)
  const commits = Array.from({ length: lines.commits.length }, (_, at) => ({
    oid: oid(at),
    author: names.people.get(lines.commits.authorId[at]!),
    time: lines.commits.time[at],
    added: lines.commits.added[at],
  }))
  const deaths = Array.from({ length: lines.deaths.length }, (_, at) => ({
    at: oid(lines.deaths.at[at]!),
    born: oid(lines.deaths.born[at]!),
    count: lines.deaths.count[at],
  }))
  const fileLines: Record<string, unknown>[] = []
  for await (const files of facts.fileLines()) {
    for (const { pathId, born, count } of files) {
      fileLines.push({ path: names.paths.get(pathId), born: Array.from(born, oid), count: Array.from(count) })
    }
  }
  return { ledger: [...commits, ...deaths], fileLines: sorted(fileLines) }
}

function sorted<Row>(rows: Row[]): Row[] {
  return rows
    .map((row): [string, Row] => [JSON.stringify(row), row])
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, row]) => row)
}

/** How many rows of each table belong to a repository, those included that no reader sees. */
export async function countRows(database: Database, { id }: Pick<Repository, "id">): Promise<Record<string, number>> {
  const tables = ["snapshots", "paths", "identities", "commits", "history_blocks", "files", "people", "contributors"]
  const counts: Record<string, number> = {}
  for (const table of [...tables, "tags", "ledger_blocks", "file_lines"]) {
    const [row] = await database.query<{ count: number }>(
      `select count(*)::int as count from assay.${table} where repository_id = $1`,
      [id],
    )
    counts[table] = row!.count
  }
  return counts
}
