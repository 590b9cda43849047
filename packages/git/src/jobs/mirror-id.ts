import { createHash } from "node:crypto"
import type { Repository } from "@assay/core"

/**
 * The name of a repository's mirror. It holds the URL as well as the id: ids begin again with a new database, and what
 * an old one left in the folder must not be taken for the repository that has the id now.
 */
export function mirrorId({ id, url }: Pick<Repository, "id" | "url">): string {
  return `${id}-${createHash("sha256").update(url).digest("hex").slice(0, 16)}`
}
