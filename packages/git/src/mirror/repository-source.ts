import type { Repository, RepositorySource } from "@assay/core"
import { GitError } from "../errors.js"
import { hasCommit } from "../history/revisions.js"
import { mirrorId } from "../jobs/mirror-id.js"
import { parseRemoteUrl } from "../remote/remote-url.js"
import type { TrustedPrefix } from "../remote/trusted-prefix.js"
import { findFiles } from "./find-files.js"
import type { Mirror } from "./mirror.js"
import type { FetchResult, Mirrors } from "./mirrors.js"
import { readObjects } from "./read-objects.js"
import type { GitObject } from "./read-objects.js"

export interface RepositorySourceOptions {
  /** The same as the repository jobs use, so that there is one copy of each repository. */
  mirrors: Mirrors
  /** The same as the mirrors': what the operator trusts. Default: nothing. */
  allow?: readonly TrustedPrefix[]
}

const defaultBytes = 4 * 1024 ** 2

/**
 * Looks things up in the mirrors of repositories.
 *
 * `fetch` takes the branch that is asked for, else the one that the repository is registered with, else the remote's
 * own. In `readFiles` a path is written as in all our results: as it is, with `\xNN` for a byte that is not UTF-8. Only
 * regular files are read; what Git LFS keeps elsewhere is not in the repository, so its pointers count as no file.
 */
export function createRepositorySource(options: RepositorySourceOptions): RepositorySource {
  const { mirrors, allow } = options
  return {
    async fetch(repository, { branch, token, signal }) {
      const remote = parseRemoteUrl(repository.url, { trusted: repository.trusted, ...(allow ? { allow } : {}) })
      const fetchBranch = (wanted: string | undefined): Promise<FetchResult> =>
        mirrors.fetch(mirrorId(repository), remote, {
          signal,
          keep: repository.snapshot ? [repository.snapshot.commit] : [],
          ...(wanted === undefined ? {} : { branch: wanted }),
          ...(token === undefined ? {} : { token }),
        })
      const registered = repository.defaultBranch
      const fetched = await fetchBranch(branch ?? registered).catch((error: unknown) => {
        // The branch was there the last time: the remote may have renamed its default branch.
        const wasThere = branch === undefined && registered !== undefined && repository.snapshot?.branch === registered
        if (!wasThere || !GitError.isInstance(error) || error.code !== "GIT_NOT_FOUND") throw error
        return fetchBranch(undefined)
      })
      return { commit: fetched.tip, branch: fetched.branch }
    },

    async readFiles(repository, { commit, paths, bytes = defaultBytes, signal }) {
      const use = await mirrors.use(mirrorId(repository), { signal })
      try {
        const mirror = await openCopy(mirrors, repository)
        if (!mirror || !(await hasCommit(mirror, commit, signal))) return undefined
        const oids = await findFiles(mirror, commit, { paths, signal })
        const contents = new Map<string, Buffer | undefined>()
        const most = Math.max(bytes, lfsPointerBytes)
        for await (const object of readObjects(mirror, [...new Set(oids.values())], { bytes: most, signal })) {
          contents.set(object.oid, isLfsPointer(object) ? undefined : object.content.subarray(0, bytes))
        }
        return new Map(paths.map((path) => [path, contents.get(oids.get(path) ?? "")]))
      } finally {
        await use.release()
      }
    },
  }
}

/** A damaged copy is as good as none: the next fetch makes a new one. */
async function openCopy(mirrors: Mirrors, repository: Repository): Promise<Mirror | undefined> {
  try {
    return await mirrors.open(mirrorId(repository))
  } catch (error) {
    if (GitError.isInstance(error) && error.code === "MIRROR_DAMAGED") return undefined
    throw error
  }
}

/** By the specification of Git LFS, a pointer is shorter than this and begins with its version. */
const lfsPointerBytes = 1_024

function isLfsPointer({ size, content }: GitObject): boolean {
  if (size >= lfsPointerBytes) return false
  return /^version https:\/\/(?:git-lfs\.github\.com|hawser\.github\.com)\/spec\/v1\n/.test(content.toString("latin1"))
}
