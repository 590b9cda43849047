import type { Repository } from "./repository.js"

/** Our own copy of a repository's files, for those who look things up in it and do not know git. */
export interface RepositorySource {
  /**
   * Brings the copy up to date with the remote, and says which commit the branch is at. Rejects with the errors of `@assay/git`; the
   * copy that was there before is then still there.
   */
  fetch(
    repository: Repository,
    options: { branch?: string; token?: string; signal: AbortSignal },
  ): Promise<{ commit: string; branch: string }>
  /**
   * The files at these paths at a commit; `undefined` for a path where there is no regular file. `undefined` instead of a map where
   * this machine has no copy with that commit. Files larger than `bytes` (default 4 MiB) are cut off there.
   */
  readFiles(
    repository: Repository,
    options: { commit: string; paths: readonly string[]; bytes?: number; signal: AbortSignal },
  ): Promise<ReadonlyMap<string, Uint8Array | undefined> | undefined>
}
