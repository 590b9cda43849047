import { GitError } from "../errors.js"

/** What a remote says it has. */
export interface RemoteRefs {
  /** Full names to object ids; branches and tags only. */
  refs: ReadonlyMap<string, string>
  /** The branch that HEAD names, if it is one of the branches above. */
  head: string | undefined
  objectFormat: "sha1" | "sha256"
}

/** The prefix of branches' full names. */
export const branchPrefix = "refs/heads/"
const tagPrefix = "refs/tags/"

/**
 * Reads the output of `git ls-remote --symref`. Names that cannot be refs are left out, as git's fetch leaves them
 * out; a remote may send `refs/heads/../../x` in the hope that it becomes a path.
 */
export function parseRemoteRefs(output: string): RemoteRefs {
  const refs = new Map<string, string>()
  let head: string | undefined
  let headId: string | undefined
  for (const line of output.split("\n")) {
    if (line === "") continue
    const tab = line.indexOf("\t")
    const value = line.slice(0, tab)
    const name = line.slice(tab + 1)
    if (value.startsWith("ref: ")) {
      if (name === "HEAD") head = value.slice("ref: ".length)
      continue
    }
    if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value))
      throw new GitError("GIT_FAILED", "The remote lists its refs in an unknown way.")
    if (name === "HEAD") {
      headId = value
    } else if ((name.startsWith(branchPrefix) || name.startsWith(tagPrefix)) && !name.endsWith("^{}")) {
      if (isRefName(name)) refs.set(name, value)
    }
  }
  const anyId = headId ?? refs.values().next().value
  const branch = head?.startsWith(branchPrefix) && refs.has(head) ? head.slice(branchPrefix.length) : undefined
  return { refs, head: branch, objectFormat: anyId?.length === 64 ? "sha256" : "sha1" }
}

/** Chooses the branch that is analysed: the one asked for, else the remote's HEAD, else `main`, `master`, the first. */
export function chooseBranch(remote: RemoteRefs, asked: string | undefined, subject: string): string {
  const branches = [...remote.refs.keys()]
    .filter((name) => name.startsWith(branchPrefix))
    .map((name) => name.slice(branchPrefix.length))
  if (branches.length === 0) {
    throw new GitError("REPOSITORY_EMPTY", `${subject} has no branch with a commit yet.`, {
      hint: "Push something first.",
    })
  }
  if (asked !== undefined) {
    if (branches.includes(asked)) return asked
    throw new GitError("GIT_NOT_FOUND", `${subject} has no branch of that name.`, {
      hint: remote.head === undefined ? "Leave the branch out." : `Leave it out to use ${remote.head}.`,
    })
  }
  return remote.head ?? ["main", "master"].find((name) => branches.includes(name)) ?? branches.sort()[0]!
}

/** The rules of `git check-ref-format`, without which a name from outside is never put into a command. */
export function isRefName(name: string): boolean {
  return (
    name.length <= 1_024 &&
    // eslint-disable-next-line no-control-regex -- control characters are among what is refused
    !/[\x00-\x20\x7f~^:?*[\\]|\.\.|@\{|\/\/|\.$|\/$|^\/|^-/.test(name) &&
    name.split("/").length >= 2 &&
    name.split("/").every((part) => part !== "" && !part.startsWith(".") && !part.endsWith(".lock"))
  )
}
