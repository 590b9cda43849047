import type { HandlerContext, Repository } from "@assay/core"
import { GitError } from "../errors.js"
import type { ReadySnapshot } from "../facts/snapshot-rows.js"
import type { FetchProgress } from "../mirror/fetch-progress.js"
import type { FetchResult, Mirrors } from "../mirror/mirrors.js"
import { parseRemoteUrl } from "../remote/remote-url.js"
import type { TrustedPrefix } from "../remote/trusted-prefix.js"
import { mirrorId } from "./mirror-id.js"

export interface FetchMirrorOptions {
  mirrors: Mirrors
  allow?: readonly TrustedPrefix[]
  repository: Repository
  /** The snapshot that readers see. */
  ready: ReadySnapshot | undefined
  /** The mirror turned out to be damaged. */
  rebuild: boolean
}

/** Brings the mirror up to date. `undefined` if the remote has no commits, and never had any that we know of. */
export async function fetchMirror(
  context: Pick<HandlerContext, "signal" | "log" | "progress" | "hasSecret" | "secret">,
  options: FetchMirrorOptions,
): Promise<FetchResult | undefined> {
  const { mirrors, allow, repository, ready } = options
  const remote = parseRemoteUrl(repository.url, { trusted: repository.trusted, ...(allow ? { allow } : {}) })
  const token = context.hasSecret("token") ? await context.secret("token") : undefined
  const fetch = (branch: string | undefined): Promise<FetchResult> =>
    mirrors.fetch(mirrorId(repository), remote, {
      signal: context.signal,
      keep: ready && !isNoCommit(ready.commit) ? [ready.commit] : [],
      rebuild: options.rebuild,
      onProgress: ({ done, total, phase }) => context.progress(done, total, units[phase]),
      ...(branch === undefined ? {} : { branch }),
      ...(token === undefined ? {} : { token }),
    })
  const { defaultBranch } = repository
  try {
    return await fetch(defaultBranch)
  } catch (error) {
    if (!GitError.isInstance(error)) throw error
    // A remote that is suddenly empty is more likely broken than meant, so results that are there stay.
    if (error.code === "REPOSITORY_EMPTY" && (!ready || isNoCommit(ready.commit))) return undefined
    const wasThere = ready !== undefined && ready.branch === defaultBranch
    if (error.code !== "GIT_NOT_FOUND" || !wasThere) throw error
    // The branch was there the last time: the remote may have renamed its default branch.
    const result = await fetch(undefined)
    context.log.info({ from: defaultBranch, to: result.branch }, "the branch is gone, so the default branch is used")
    return result
  }
}

const units: Readonly<Record<FetchProgress["phase"], string>> = {
  counting: "objects",
  compressing: "objects",
  receiving: "objects",
  resolving: "deltas",
}

/** What stands for the commit of a repository that has none. */
export const noCommit = "0".repeat(40)

export function isNoCommit(oid: string): boolean {
  return /^0+$/.test(oid)
}
