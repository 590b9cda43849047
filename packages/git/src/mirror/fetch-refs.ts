import { statfs } from "node:fs/promises"
import { isIP } from "node:net"
import type { Git, RemoteAccess, RepositoryFolder } from "../process/git.js"
import type { CheckedRemote } from "../remote/preflight.js"
import { GitError } from "../errors.js"
import { diskFullHint } from "./disk-full.js"
import type { FetchProgress } from "./fetch-progress.js"
import { readFetchProgress } from "./fetch-progress.js"
import { branchPrefix, parseRemoteRefs } from "./remote-refs.js"
import type { RemoteRefs } from "./remote-refs.js"
import { sizeOf, watchSize } from "./size-watchdog.js"
import type { FolderSize } from "./size-watchdog.js"

/** What a fetch may cost. */
export interface FetchLimits {
  /** Bytes on disk of one mirror. Default 4 GiB. */
  repositoryBytes: number
  /** Branches and tags. Default 50,000. */
  refs: number
  /** For one fetch, all in all. Default 30 minutes. */
  timeoutMs: number
  /**
   * A remote that sends fewer bytes per second than this, for `lowSpeedSeconds` without a break, is given up with
   * `GIT_TIMEOUT`. Default 1,000; 0 waits for as long as `timeoutMs` lets it.
   */
  lowSpeedBytesPerSecond: number
  /**
   * Whole seconds, at least 1. Default 120: a server that counts and compresses the objects of a large repository says
   * little while it does.
   */
  lowSpeedSeconds: number
  /** Bytes that must stay free on the disk. Default 256 MiB. */
  freeBytes: number
}

export interface Fetching {
  git: Git
  checked: CheckedRemote
  limits: FetchLimits
  signal: AbortSignal | undefined
  /** Throws if nothing may be transferred from there. Called once before the first transfer. */
  confirm(): Promise<void>
}

/** What a fetch writes. */
export interface FetchTarget {
  repository: RepositoryFolder
  expected: RemoteRefs
  /** Makes room for what has come so far. What it throws ends the fetch. */
  makeRoom: (bytes: number) => Promise<void>
  onProgress?: ((progress: FetchProgress) => void) | undefined
}

/** The longest name that most file systems allow, plus an object id: what one line of a listing may take. */
const bytesPerRef = 330

/** Asks the remote for its branches, tags and HEAD. */
export async function listRemoteRefs(fetching: Fetching): Promise<RemoteRefs> {
  const { git, checked, limits, signal } = fetching
  const { output } = await git.run(
    ["ls-remote", "--symref", "--quiet", "--end-of-options", checked.remote.url, "HEAD", "refs/heads/*", "refs/tags/*"],
    {
      ...network(fetching),
      signal,
      timeoutMs: Math.min(limits.timeoutMs, 120_000),
      outputBytes: limits.refs * bytesPerRef,
    },
  )
  const remote = parseRemoteRefs(output.toString("utf8"))
  if (remote.refs.size > limits.refs) {
    throw new GitError("REPOSITORY_TOO_LARGE", `${checked.remote.url} has more than ${limits.refs} branches and tags.`)
  }
  if (countFolders(remote.refs.keys(), limits.refs) > limits.refs) {
    throw new GitError(
      "REPOSITORY_TOO_LARGE",
      `The names of the branches and tags of ${checked.remote.url} have more than ${limits.refs} parts.`,
    )
  }
  return remote
}

/**
 * How many folders git makes for these refs while it receives them. A name of a thousand characters can be five hundred
 * folders, and a folder costs a disk more than its name. Stops counting beyond `most`.
 */
function countFolders(names: Iterable<string>, most: number): number {
  const folders = new Set<string>()
  for (const name of names) {
    for (let end = name.lastIndexOf("/"); end > 0; end = name.lastIndexOf("/", end - 1)) {
      const folder = name.slice(0, end)
      if (folders.has(folder)) break
      folders.add(folder)
    }
    if (folders.size > most + smallest) break
  }
  return folders.size - smallest
}

/** `refs`, `refs/heads` and `refs/tags`. */
const smallest = 3

/** The branches and tags that a mirror has. */
export async function listLocalRefs(
  git: Git,
  repository: RepositoryFolder,
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const { output } = await git.run(
    ["for-each-ref", "--format=%(objectname)%09%(refname)", "refs/heads/", "refs/tags/"],
    { repository, signal },
  )
  const lines = output.toString("utf8").split("\n").slice(0, -1)
  return new Map(lines.map((line) => [line.slice(line.indexOf("\t") + 1), line.slice(0, line.indexOf("\t"))]))
}

/**
 * Brings all branches and tags of the remote into a repository, and removes those that the remote has no more. Checks
 * afterwards that what was advertised is there: git answers some refusals (of a shallow source, say) with success.
 */
export async function fetchRefs(fetching: Fetching, target: FetchTarget): Promise<void> {
  const { git, checked, limits, signal } = fetching
  const { repository, expected } = target
  await fetching.confirm()
  const ended = new AbortController()
  const stop = new AbortController()
  const readProgress = target.onProgress && readFetchProgress(target.onProgress)
  let shallow = false
  let refusal: unknown
  const inspect = async (size: FolderSize): Promise<boolean> => {
    try {
      await assertAllowed(fetching, target, size)
      return true
    } catch (error) {
      refusal = error
      stop.abort()
      return false
    }
  }
  const most = mostEntries(limits)
  const watching = watchSize(repository.path, { most, signal: ended.signal, look: inspect })
  try {
    await git.run(
      [
        "fetch",
        "--progress",
        "--prune",
        "--no-tags",
        "--no-recurse-submodules",
        "--no-auto-maintenance",
        "--no-write-fetch-head",
        "--end-of-options",
        checked.remote.url,
        "+refs/heads/*:refs/heads/*",
        "+refs/tags/*:refs/tags/*",
      ],
      {
        ...network(fetching),
        repository,
        signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
        timeoutMs: limits.timeoutMs,
        fileBytes: limits.repositoryBytes,
        onStderr(text) {
          readProgress?.(text)
          shallow ||= text.includes("shallow roots are not allowed")
        },
      },
    )
  } catch (error) {
    if (signal?.aborted) throw error
    if (refusal !== undefined) throw refusal
    // The kernel's limit on files ends index-pack without a word; what it had written then is as large as it may be.
    if ((await sizeOf(repository.path, most)).bytes >= limits.repositoryBytes) throw tooLarge(checked, limits)
    throw error
  } finally {
    ended.abort()
    await watching
  }
  // A small repository is here before the watchdog has looked twice.
  await assertAllowed(fetching, target, await sizeOf(repository.path, most))
  if (shallow) throw shallowSource(checked)
  await assertArrived(fetching, repository, expected)
}

/** Throws if a fetch has brought more than it may. */
async function assertAllowed({ checked, limits }: Fetching, target: FetchTarget, size: FolderSize): Promise<void> {
  if (size.bytes > limits.repositoryBytes || size.entries > mostEntries(limits)) throw tooLarge(checked, limits)
  await assertSpace(target.repository.path, limits)
  await target.makeRoom(size.bytes)
}

/** A ref is a file until all are packed into one, with another one beside it while it is written. */
function mostEntries({ refs }: FetchLimits): number {
  return 4 * refs + 10_000
}

/** Throws `DISK_FULL` if the disk that a folder is on has less space than must stay free. */
export async function assertSpace(folder: string, { freeBytes }: FetchLimits): Promise<void> {
  const space = await statfs(folder)
  if (space.bavail * space.bsize >= freeBytes) return
  throw new GitError("DISK_FULL", "There is not enough free space for the mirrors of repositories.", {
    hint: diskFullHint,
  })
}

function tooLarge({ remote }: CheckedRemote, { repositoryBytes }: FetchLimits): GitError {
  return new GitError("REPOSITORY_TOO_LARGE", `${remote.url} is larger than the limit of ${repositoryBytes} bytes.`)
}

/** Git only warns of it and calls the fetch a success. */
function shallowSource({ remote }: CheckedRemote): GitError {
  return new GitError(
    "GIT_URL_REFUSED",
    `${remote.url} is a shallow clone: the greater part of its history is not in it.`,
    {
      why: "shallow",
      hint: "Complete it with `git fetch --unshallow`, or use the URL that it was cloned from.",
    },
  )
}

async function assertArrived(fetching: Fetching, repository: RepositoryFolder, expected: RemoteRefs): Promise<void> {
  const { git, checked, signal } = fetching
  const local = await listLocalRefs(git, repository, signal)
  const differing = (remote: RemoteRefs): string[] =>
    [...remote.refs].filter(([name, oid]) => local.get(name) !== oid).map(([name]) => name)
  const missing = differing(expected)
  if (missing.length === 0) return
  // Somebody may have pushed between the two commands; what was then said is what counts.
  const now = await listRemoteRefs(fetching)
  const lost = differing(now).filter((name) => now.refs.get(name) === expected.refs.get(name))
  if (lost.length === 0) return
  const kind = lost.some((name) => name.startsWith(branchPrefix)) ? "branches" : "tags"
  throw new GitError("GIT_FAILED", `${lost.length} ${kind} of ${checked.remote.url} did not arrive.`)
}

/** Git may go to the checked addresses of this one host, with this one protocol, and nowhere else. */
function network({ checked, limits }: Fetching): { remote: RemoteAccess; settings: string[]; subject: string } {
  const { remote, addresses, credentials } = checked
  const pin =
    addresses.length === 0 || isIP(remote.hostname)
      ? undefined
      : addresses.map((address) => (isIP(address) === 6 ? `[${address}]` : address))
  return {
    remote: { protocol: remote.protocol, ...(credentials ? { credentials } : {}) },
    settings: [
      // The second name that git resolves would be a second answer, perhaps another one.
      ...(pin ? [`http.curloptResolve=${remote.hostname}:${remote.port}:${pin.join(",")}`] : []),
      `http.lowSpeedLimit=${limits.lowSpeedBytesPerSecond}`,
      `http.lowSpeedTime=${limits.lowSpeedSeconds}`,
    ],
    subject: remote.url,
  }
}
