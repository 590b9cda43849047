import { rename, stat } from "node:fs/promises"
import { join } from "node:path"
import { makeFolder } from "@assay/core"
import { GitError } from "../errors.js"
import type { GitErrorCode } from "../errors.js"
import { createGit } from "../process/git.js"
import type { Git, GitOptions } from "../process/git.js"
import { createAddressGuard } from "../remote/address-guard.js"
import type { Resolver } from "../remote/address-guard.js"
import type { RemoteUrl } from "../remote/remote-url.js"
import type { TrustedPrefix } from "../remote/trusted-prefix.js"
import { askRemote } from "./ask-remote.js"
import { clearLeftovers, initRepository, keepCommits, openRepository, setHead } from "./bare-repository.js"
import { explainFailure, sayDiskFull } from "./disk-full.js"
import type { FetchProgress } from "./fetch-progress.js"
import { assertSpace, fetchRefs, listLocalRefs } from "./fetch-refs.js"
import type { FetchLimits, Fetching } from "./fetch-refs.js"
import { lockMirror, sweepLocks } from "./mirror-lock.js"
import { makeFolders, mirrorFolders, moveToTrash, ownedFolder, removeFolder, sweepFolders } from "./mirror-folders.js"
import { createMirrorStorage } from "./mirror-storage.js"
import type { StorageUsage } from "./mirror-storage.js"
import { sweepUses, useMirror } from "./mirror-use.js"
import type { MirrorUse } from "./mirror-use.js"
import type { Mirror } from "./mirror.js"
import { branchPrefix, chooseBranch } from "./remote-refs.js"
import type { RemoteRefs } from "./remote-refs.js"

export interface MirrorsOptions extends Omit<GitOptions, "folder"> {
  /**
   * The folder that holds everything of this package. Made if it is missing (`DATA_FOLDER_UNUSABLE` where it cannot be).
   * Several processes may share it.
   */
  root: string
  /** Servers and folders that the operator trusts, and redirects may lead to. Default: none. */
  allow?: readonly TrustedPrefix[]
  /** How host names become addresses. Default: the operating system. */
  resolver?: Resolver
  limits?: Partial<FetchLimits>
  /**
   * What all mirrors below `root` may take together, in bytes. To make room, those go first that were not used for the
   * longest time, and never one that is in use; they are made anew when they are needed. Default: no limit.
   */
  storageBytes?: number
}

export interface FetchOptions {
  /** For a private repository. It goes to the origin of the URL only, and is kept nowhere. */
  token?: string
  /** The branch whose tip is wanted. Default: the remote's own default branch. */
  branch?: string
  /** Commits that must outlive this fetch even if the remote has dropped them: those that results refer to. */
  keep?: readonly string[]
  /** Throws the present mirror away and makes a new one. Default `false`. */
  rebuild?: boolean
  onProgress?: (progress: FetchProgress) => void
  signal?: AbortSignal
}

export interface FetchResult {
  mirror: Mirror
  outcome:
    | "created"
    | "updated"
    /** The remote has what we have; nothing was transferred. */
    | "unchanged"
    /** There was a mirror, but it was damaged (or `rebuild` was asked for). */
    | "rebuilt"
  /** Without `refs/heads/`. */
  branch: string
  /** The commit that the branch points to. */
  tip: string
  /** Where the repository was found in the end, after redirects. */
  url: string
}

/** Our bare copies of remote repositories. */
export interface Mirrors {
  readonly git: Git
  /**
   * Makes the mirror `id` hold what the remote holds now, and returns it. A new mirror is built in the quarantine and
   * appears only when it is complete; one that is damaged is replaced in the same way. One caller at a time works on a
   * mirror, over all processes that share the root; others wait.
   *
   * `id` consists of lower-case letters, digits, `-` and `_`. Throws a `GitError` whose code says what went wrong; the
   * mirror that was there before is then still there.
   */
  fetch(id: string, remote: RemoteUrl, options?: FetchOptions): Promise<FetchResult>
  /** The mirror as it is on this machine, without asking the remote; `undefined` if there is none. */
  open(id: string): Promise<Mirror | undefined>
  /**
   * Marks the mirror `id` as in use until the mark is released: until then it is not removed to make room for others.
   * Whoever reads a mirror takes one before `fetch` or `open`. The marks of a process end with it, however it ends.
   */
  use(id: string, options?: { signal?: AbortSignal }): Promise<MirrorUse>
  /** What the mirrors take, and when each was used. */
  usage(): Promise<StorageUsage>
  /** Removes a mirror; one that is not there is fine. Waits for whoever works on it. */
  remove(id: string, options?: { signal?: AbortSignal }): Promise<void>
  /** Removes what processes left behind that were killed. Returns how many folders that were. Cheap; call it at start. */
  sweep(): Promise<number>
}

/** What a new mirror may not suffer from: one that is brought up to date often grows larger than one that is made at once. */
const mendable: ReadonlySet<GitErrorCode> = new Set(["MIRROR_DAMAGED", "REPOSITORY_TOO_LARGE"])

const defaultLimits: FetchLimits = {
  repositoryBytes: 4 * 1024 ** 3,
  refs: 50_000,
  timeoutMs: 30 * 60_000,
  lowSpeedBytesPerSecond: 1_000,
  lowSpeedSeconds: 120,
  freeBytes: 256 * 1024 ** 2,
}

export function createMirrors(options: MirrorsOptions): Mirrors {
  const folders = mirrorFolders(options.root)
  makeFolder(options.root)
  const git = createGit({ ...options, folder: folders.environment })
  const guard = createAddressGuard(options.resolver, { proxied: options.proxy !== undefined })
  const allow = options.allow ?? []
  const limits = { ...defaultLimits, ...options.limits }
  const storage = createMirrorStorage(folders, options.storageBytes)

  const pathOf = (id: string): string => {
    if (!/^[a-z0-9][a-z0-9_-]{0,99}$/.test(id)) throw new RangeError(`"${id}" cannot be the id of a mirror.`)
    return join(folders.mirrors, id)
  }

  async function open(id: string, signal?: AbortSignal): Promise<Mirror | undefined> {
    const path = pathOf(id)
    if (!(await stat(path).catch(() => undefined))) return undefined
    return { id, git, ...(await openRepository(git, path, signal)) }
  }

  async function build(
    id: string,
    fetching: Fetching,
    context: { expected: RemoteRefs; branch: string; onProgress?: FetchOptions["onProgress"] },
  ): Promise<Mirror> {
    const { expected, branch } = context
    const path = ownedFolder(folders.quarantine)
    const repository = { path, objectFormat: expected.objectFormat }
    try {
      await initRepository(git, repository, fetching.signal)
      const { signal } = fetching
      const makeRoom = (bytes: number): Promise<void> => storage.makeRoom({ id, path, bytes, signal })
      await fetchRefs(fetching, { repository, expected, makeRoom, onProgress: context.onProgress })
      await git.run(["pack-refs", "--all"], { repository, signal })
      await setHead(git, repository, { branch, signal })
      await storage.record(path)
      // The old one leaves first: a folder cannot be renamed onto another.
      const former = await moveToTrash(pathOf(id), folders)
      await rename(path, pathOf(id))
      if (former !== undefined) await removeFolder(former)
    } catch (caught) {
      const error = await explainFailure(path, caught)
      await removeFolder(path)
      // There is nothing here yet that could be damaged.
      if (GitError.isInstance(error) && error.code === "MIRROR_DAMAGED") throw notSent(fetching, error)
      throw error
    }
    return { id, git, path: pathOf(id), objectFormat: repository.objectFormat }
  }

  async function update(
    mirror: Mirror,
    fetching: Fetching,
    context: { expected: RemoteRefs; branch: string; options: FetchOptions },
  ): Promise<FetchResult["outcome"]> {
    const { expected, branch, options: fetchOptions } = context
    const { signal } = fetching
    const local = await listLocalRefs(git, mirror, signal)
    const unchanged =
      local.size === expected.refs.size && [...expected.refs].every(([name, oid]) => local.get(name) === oid)
    if (!unchanged) {
      const tip = local.get(branchPrefix + branch)
      await keepCommits(git, mirror, {
        commits: [...(fetchOptions.keep ?? []), ...(tip === undefined ? [] : [tip])],
        signal,
      })
      const { id, path } = mirror
      const makeRoom = (bytes: number): Promise<void> => storage.makeRoom({ id, path, bytes, signal })
      try {
        await fetchRefs(fetching, {
          ...{ repository: mirror, expected, makeRoom },
          onProgress: fetchOptions.onProgress,
        })
        // Each ref that changed is a file of its own by now.
        await git.run(["pack-refs", "--all"], { repository: mirror, signal })
      } catch (caught) {
        const error = await explainFailure(path, caught)
        // What was received in vain must not take the space until somebody fetches again.
        await clearLeftovers(path)
        throw error
      }
    }
    await setHead(git, mirror, { branch, signal })
    await storage.record(mirror.path)
    return unchanged ? "unchanged" : "updated"
  }

  async function fetch(id: string, remote: RemoteUrl, fetchOptions: FetchOptions): Promise<FetchResult> {
    const { signal } = fetchOptions
    const path = pathOf(id)
    makeFolders(folders)
    const lock = await lockMirror(folders.locks, id, signal)
    try {
      await storage.makeRoom({ id, path, signal })
      await assertSpace(folders.mirrors, limits)
      const { token } = fetchOptions
      const { fetching, expected } = await askRemote(remote, {
        ...{ git, guard, allow, limits, token, signal },
        ...{ caFile: options.caFile, proxy: options.proxy },
      })
      const { url } = fetching.checked.remote
      const branch = chooseBranch(expected, fetchOptions.branch, url)
      const context = { expected, branch, onProgress: fetchOptions.onProgress, options: fetchOptions }

      const existed = (await stat(path).catch(() => undefined)) !== undefined
      let mirror: Mirror | undefined
      let outcome: FetchResult["outcome"] = existed ? "rebuilt" : "created"
      if (existed && !fetchOptions.rebuild) {
        try {
          await clearLeftovers(path)
          mirror = await open(id, signal)
          if (mirror && mirror.objectFormat === expected.objectFormat) outcome = await update(mirror, fetching, context)
          else mirror = undefined
        } catch (caught) {
          const error = await explainFailure(path, caught)
          if (!GitError.isInstance(error) || !mendable.has(error.code)) throw error
          mirror = undefined
        }
      }
      mirror ??= await build(id, fetching, context)
      const tip = (
        await git.run(["rev-parse", "--verify", `${branchPrefix}${branch}^{commit}`], { repository: mirror, signal })
      ).output
      return { mirror, outcome, branch, tip: tip.toString("latin1").trim(), url }
    } finally {
      await lock.release()
    }
  }

  return {
    git,
    open: (id) => open(id),
    async use(id, { signal } = {}) {
      pathOf(id)
      const use = await sayDiskFull(async () => {
        makeFolder(options.root)
        return useMirror(folders.uses, id, signal)
      })
      await storage.touch(id)
      let released: Promise<void> | undefined
      const release = (): Promise<void> => (released ??= storage.touch(id).then(use.release))
      return { release, [Symbol.asyncDispose]: release }
    },
    usage: () => storage.usage(),

    fetch: (id, remote, fetchOptions = {}) => sayDiskFull(() => fetch(id, remote, fetchOptions)),

    async remove(id, { signal } = {}) {
      const path = pathOf(id)
      makeFolders(folders)
      const lock = await lockMirror(folders.locks, id, signal)
      try {
        const doomed = await moveToTrash(path, folders)
        if (doomed !== undefined) await removeFolder(doomed)
      } finally {
        await lock.release()
      }
    },

    async sweep() {
      await sweepLocks(folders.locks)
      await sweepUses(folders.uses)
      return sweepFolders(folders)
    },
  }
}

function notSent({ checked }: Fetching, cause: GitError): GitError {
  return new GitError("GIT_FAILED", `${checked.remote.url} does not send what it lists.`, { cause, retryable: false })
}
