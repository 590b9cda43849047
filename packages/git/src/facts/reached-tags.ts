import { readTags } from "../history/read-tags.js"
import type { Tag } from "../history/read-tags.js"
import type { Mirror } from "../mirror/mirror.js"
import { toDate } from "./claimed-time.js"
import { findCommits } from "./commit-rows.js"
import type { FactScope } from "./fact-scope.js"

const tagsPerTransaction = 2_000

/**
 * The tags of the commits of a snapshot, oldest first: those commits that are known already, and those that were just read
 * (`added`), of which nothing may have been written yet.
 */
export async function readReachedTags(
  scope: FactScope,
  mirror: Mirror,
  { added, signal }: { added: readonly string[]; signal?: AbortSignal | undefined },
): Promise<Tag[]> {
  const tags = await readTags(mirror, { signal })
  const reached = new Set(added)
  const others = tags.filter(({ commit }) => !reached.has(commit))
  for (let start = 0; start < others.length; start += tagsPerTransaction) {
    const oids = others.slice(start, start + tagsPerTransaction).map(({ commit }) => commit)
    for (const { oid } of await findCommits(scope, oids)) reached.add(oid)
  }
  return tags.filter(({ commit }) => reached.has(commit))
}

/** Whether the tags of the published snapshot are still those of the mirror: to push a tag adds no commit. */
export async function hasSameTags(
  scope: FactScope,
  mirror: Mirror,
  { snapshot, signal }: { snapshot: number; signal?: AbortSignal | undefined },
): Promise<boolean> {
  const tags = await readReachedTags(scope, mirror, { added: [], signal })
  const known = await scope.transaction((transaction) =>
    transaction.query<{ name: string; commit: string; at: Date }>(
      `select name, encode(commit_oid, 'hex') as commit, created_at as at
      from assay.tags where repository_id = $1 and snapshot = $2`,
      [scope.repositoryId, snapshot],
    ),
  )
  const keys = new Set(known.map(({ name, commit, at }) => keyOf(name, commit, at)))
  return (
    tags.length === known.length &&
    tags.every(({ name, commit, createdAt }) => keys.has(keyOf(name, commit, toDate(createdAt))))
  )
}

function keyOf(name: string, commit: string, at: Date): string {
  return `${commit} ${at.getTime()} ${name}`
}
