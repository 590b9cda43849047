import { countSince, countSinceIn } from "../history/count-since.js"
import type { CommitPair, KnownHistory, Since } from "../history/count-since.js"
import type { Tag } from "../history/read-tags.js"
import type { Mirror } from "../mirror/mirror.js"
import { toDate } from "./claimed-time.js"
import type { FactScope } from "./fact-scope.js"
import { repeated } from "./fact-scope.js"
import { createIdentityIds } from "./identity-ids.js"
import { readReachedTags } from "./reached-tags.js"
import { isRelease } from "./release-tags.js"

interface CountedTag extends Tag {
  before: string | undefined
  since: { commits: number; authorIds: readonly number[] } | undefined
}

export interface TagOptions {
  readonly tip: string
  /** The commits of the snapshot that were not in the one before. */
  readonly added: readonly string[]
  /** All that `tip` reaches, with the ids of the authors, where it has just been read. */
  readonly history?: KnownHistory<number> | undefined
  readonly signal?: AbortSignal | undefined
}

const tagsPerTransaction = 2_000

/**
 * Writes the tags of a snapshot. What came since the release before depends on two commits only, so it is taken over where an
 * earlier snapshot has counted between the same two.
 */
export async function writeTags(
  scope: FactScope,
  mirror: Mirror,
  options: TagOptions & { snapshot: number },
): Promise<void> {
  const tags = await countTags(scope, mirror, { ...options, tags: await readReachedTags(scope, mirror, options) })
  for (let start = 0; start < tags.length; start += tagsPerTransaction) {
    const batch = tags.slice(start, start + tagsPerTransaction)
    await scope.transaction((transaction) =>
      transaction.insertColumns({
        table: "assay.tags",
        columns: {
          tenant: "text",
          repository_id: "int",
          snapshot: "int",
          name: "text",
          commit_oid: "bytea",
          created_at: "timestamptz",
          since_oid: "bytea",
          since_commits: "int",
          since_authors: "int[]",
        },
        values: [
          repeated(scope.tenant, batch.length),
          repeated(scope.repositoryId, batch.length),
          repeated(options.snapshot, batch.length),
          batch.map(({ name }) => name),
          batch.map(({ commit }) => Buffer.from(commit, "hex")),
          batch.map(({ createdAt }) => toDate(createdAt)),
          batch.map(({ before }) => (before === undefined ? undefined : Buffer.from(before, "hex"))),
          batch.map(({ since }) => since?.commits),
          batch.map(({ since }) => since?.authorIds),
        ],
      }),
    )
  }
}

async function countTags(
  scope: FactScope,
  mirror: Mirror,
  work: TagOptions & { tags: readonly Tag[] },
): Promise<CountedTag[]> {
  let before: string | undefined
  const tags = work.tags.map((tag): CountedTag => {
    const counted = { ...tag, before: isRelease(tag.name) ? before : undefined, since: undefined }
    if (isRelease(tag.name)) before = tag.commit
    return counted
  })
  const known = await readKnownCounts(scope)
  const missing = new Map<string, CommitPair>()
  for (const tag of tags) {
    if (!isRelease(tag.name)) continue
    tag.since = known.get(keyOf(tag))
    if (!tag.since) missing.set(keyOf(tag), tag)
  }
  if (missing.size === 0) return tags
  const pairs = [...missing.values()]
  const counts = work.history
    ? await countSinceIn(work.history, pairs, work.signal)
    : await countByGit(scope, mirror, { ...work, pairs })
  for (const [at, key] of [...missing.keys()].entries()) {
    const { commits, authors } = counts[at]!
    known.set(key, { commits, authorIds: [...authors].sort((one, other) => one - other) })
  }
  for (const tag of tags) if (isRelease(tag.name)) tag.since ??= known.get(keyOf(tag))
  return tags
}

async function countByGit(
  scope: FactScope,
  mirror: Mirror,
  work: TagOptions & { pairs: readonly CommitPair[] },
): Promise<Since<number>[]> {
  const identityIds = await createIdentityIds(scope)
  const counts = await countSince(mirror, work.pairs, work)
  return counts.map((since) => ({ ...since, authors: since.authors.map((author) => identityIds.get(author)) }))
}

async function readKnownCounts(scope: FactScope): Promise<Map<string, NonNullable<CountedTag["since"]>>> {
  const rows = await scope.transaction((transaction) =>
    transaction.query<{ commit: string; before: string | null; commits: number; authors: number[] }>(
      `select encode(commit_oid, 'hex') as commit, encode(since_oid, 'hex') as before, since_commits as commits,
        since_authors as authors
      from assay.tags where repository_id = $1 and since_commits is not null
        and snapshot = (select max(snapshot) from assay.tags where repository_id = $1)`,
      [scope.repositoryId],
    ),
  )
  return new Map(
    rows.map(({ commit, before, commits, authors }) => [
      keyOf({ commit, before: before ?? undefined }),
      { commits, authorIds: authors },
    ]),
  )
}

function keyOf({ commit, before }: CommitPair): string {
  return `${commit} ${before ?? ""}`
}
