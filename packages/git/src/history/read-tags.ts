import type { Mirror } from "../mirror/mirror.js"
import { decodePath } from "../parse/path-text.js"

/** A tag of a commit. */
export interface Tag {
  readonly name: string
  /** The commit that it leads to, through whatever tags. */
  readonly commit: string
  /** The tagger's time of an annotated tag, the committer's of another. In seconds since 1970. */
  readonly createdAt: number
}

/** Most tags that are read; those after them, by time, are left out. A remote may have a million. */
const mostTags = 100_000

/**
 * All tags of commits, oldest first, whichever branch they are on: to have git find those that one commit reaches takes as long as
 * to walk its history, and whoever has read the history knows.
 */
export async function readTags(mirror: Mirror, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<Tag[]> {
  const format =
    "%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(creatordate:raw)"
  const { output } = await mirror.git.run(
    ["for-each-ref", "--sort=refname", "--sort=creatordate", `--count=${mostTags}`, `--format=${format}`, "refs/tags"],
    { repository: mirror, signal, outputBytes: 128 * 1024 ** 2 },
  )
  const tags: Tag[] = []
  for (const line of output.toString("latin1").split("\n")) {
    const [name, type, oid, peeledType, peeledOid, date] = line.split("\0")
    const commit = type === "commit" ? oid : peeledType === "commit" ? peeledOid : undefined
    if (name === undefined || commit === undefined) continue
    tags.push({ name: decodePath(Buffer.from(name, "latin1")), commit, createdAt: parseInt(date ?? "", 10) || 0 })
  }
  return tags
}
