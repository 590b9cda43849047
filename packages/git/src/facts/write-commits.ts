import type { Transaction } from "@assay/core"
import type { Change } from "../parse/parse-diff-tree.js"
import type { Commit } from "../parse/parse-log.js"
import type { FactScope } from "./fact-scope.js"
import { repeated } from "./fact-scope.js"
import { createIdentityIds } from "./identity-ids.js"
import type { PathIds } from "./path-ids.js"

/** A commit with all that it changed; a merge counts as changing nothing. */
export interface CommitFacts {
  commit: Commit
  changes: readonly Change[]
}

export interface CommitWriter {
  /** Writes these commits and their changes, completely or not at all. */
  write(transaction: Transaction, commits: readonly CommitFacts[]): Promise<void>
}

/** Writes commits as members of the snapshot `addedIn` and those after it. */
export async function createCommitWriter(
  scope: FactScope,
  { addedIn, pathIds }: { addedIn: number; pathIds: PathIds },
): Promise<CommitWriter> {
  const { tenant, repositoryId } = scope
  const identityIds = await createIdentityIds(scope)
  let lastId = await scope.transaction(async (transaction) => {
    const [row] = await transaction.query<{ id: number }>(
      "select coalesce(max(id), 0) as id from assay.commits where repository_id = $1",
      [repositoryId],
    )
    return row!.id
  })

  return {
    async write(transaction, commits) {
      await identityIds.add(
        transaction,
        commits.map(({ commit }) => commit.author),
      )
      const ids = commits.map(() => ++lastId)
      const totals = commits.map(({ changes }) => sumLines(changes))
      await transaction.insertColumns({
        table: "assay.commits",
        columns: {
          tenant: "text",
          repository_id: "int",
          id: "int",
          oid: "bytea",
          merge: "boolean",
          author_id: "int",
          authored_at: "timestamptz",
          author_offset: "smallint",
          committed_at: "timestamptz",
          additions: "bigint",
          deletions: "bigint",
          added_in: "int",
        },
        values: [
          repeated(tenant, ids.length),
          repeated(repositoryId, ids.length),
          ids,
          commits.map(({ commit }) => Buffer.from(commit.oid, "hex")),
          commits.map(({ commit }) => commit.parents.length > 1),
          commits.map(({ commit }) => identityIds.get(commit.author)),
          commits.map(({ commit }) => toDate(commit.authoredAt.seconds)),
          commits.map(({ commit }) => commit.authoredAt.offsetMinutes),
          commits.map(({ commit }) => toDate(commit.committedAt.seconds)),
          totals.map(({ additions }) => additions),
          totals.map(({ deletions }) => deletions),
          repeated(addedIn, ids.length),
        ],
      })
      await writeChanges(transaction, { scope, commits, ids, pathIds })
    },
  }
}

async function writeChanges(
  transaction: Transaction,
  batch: { scope: FactScope; commits: readonly CommitFacts[]; ids: readonly number[]; pathIds: PathIds },
): Promise<void> {
  const { scope, commits, ids } = batch
  const mentioned = new Set<string>()
  for (const { changes } of commits) {
    for (const { path, oldPath } of changes) {
      mentioned.add(path)
      if (oldPath !== undefined) mentioned.add(oldPath)
    }
  }
  if (mentioned.size === 0) return
  const pathIds = await batch.pathIds.find(transaction, mentioned)
  const commitId: number[] = []
  const pathId: (number | undefined)[] = []
  const oldPathId: (number | undefined)[] = []
  const status: string[] = []
  const kind: string[] = []
  const added: (number | null)[] = []
  const deleted: (number | null)[] = []
  commits.forEach(({ changes }, index) => {
    for (const change of changes) {
      commitId.push(ids[index]!)
      pathId.push(pathIds.get(change.path))
      oldPathId.push(change.oldPath === undefined ? undefined : pathIds.get(change.oldPath))
      status.push(change.status)
      kind.push(kindOf(change.newMode || change.oldMode))
      added.push(change.added)
      deleted.push(change.deleted)
    }
  })
  await transaction.insertColumns({
    table: "assay.changes",
    columns: {
      tenant: "text",
      repository_id: "int",
      commit_id: "int",
      path_id: "int",
      old_path_id: "int",
      status: '"char"',
      kind: '"char"',
      added: "int",
      deleted: "int",
    },
    values: [
      repeated(scope.tenant, commitId.length),
      repeated(scope.repositoryId, commitId.length),
      commitId,
      pathId,
      oldPathId,
      status,
      kind,
      added,
      deleted,
    ],
  })
}

/** Lines as `git log --numstat` shows them: of everything that it does not take for binary. */
function sumLines(changes: readonly Change[]): { additions: number; deletions: number } {
  let additions = 0
  let deletions = 0
  for (const { added, deleted } of changes) {
    additions += added ?? 0
    deletions += deleted ?? 0
  }
  return { additions, deletions }
}

function kindOf(mode: number): "f" | "l" | "s" {
  if (mode === 0o120000) return "l"
  return mode === 0o160000 ? "s" : "f"
}

// The years 1 and 9999: what commits claim beyond is no time, and neither every database nor every client can say it.
const earliest = -62_135_596_800
const latest = 253_402_300_799

/** The time that a commit claims, if it is one; else the nearest that is. */
export function toDate(seconds: number): Date {
  return new Date(Math.min(Math.max(seconds, earliest), latest) * 1000)
}
