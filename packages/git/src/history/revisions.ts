import type { Mirror } from "../mirror/mirror.js"
import { assertObjectId } from "./object-id.js"

/** Which commits. */
export interface RevisionOptions {
  /** Everything that these can reach … */
  tips: readonly string[]
  /** … except what these can reach. Default: nothing. */
  exclude?: readonly string[]
  /** Default `all`. */
  merges?: "all" | "none" | "only"
  /** Follow only the first parent of a merge. Default `false`. */
  firstParent?: boolean
  /**
   * `topological`: no parent before all of its children. `date`: the newest first, as git does it if nothing is asked.
   * Default `date`, which needs no second pass over the history.
   */
  order?: "date" | "topological"
  signal?: AbortSignal | undefined
}

/** The arguments and the standard input that make git walk these commits. Ids go over stdin: there may be thousands. */
export function revisionArguments(options: RevisionOptions): { args: string[]; input: string } {
  const args = ["--stdin"]
  if (options.merges === "none") args.push("--no-merges")
  if (options.merges === "only") args.push("--merges")
  if (options.firstParent) args.push("--first-parent")
  if (options.order === "topological") args.push("--topo-order")
  const wanted = options.tips.map((oid) => `${assertObjectId(oid)}\n`)
  const unwanted = (options.exclude ?? []).map((oid) => `^${assertObjectId(oid)}\n`)
  return { args, input: [...wanted, ...unwanted].join("") }
}

/** The ids of commits, in batches as they come. */
export async function* readRevisions(
  mirror: Mirror,
  options: RevisionOptions,
): AsyncGenerator<string[], void, undefined> {
  if (options.tips.length === 0) return
  const { args, input } = revisionArguments(options)
  let rest = ""
  const output = mirror.git.stream(["rev-list", ...args], {
    repository: mirror,
    signal: options.signal,
    input: [input],
  })
  for await (const chunk of output) {
    const lines = (rest + chunk.toString("latin1")).split("\n")
    rest = lines.pop()!
    if (lines.length > 0) yield lines
  }
}

export async function countRevisions(mirror: Mirror, options: RevisionOptions): Promise<number> {
  if (options.tips.length === 0) return 0
  const { args, input } = revisionArguments(options)
  const { output } = await mirror.git.run(["rev-list", "--count", ...args], {
    repository: mirror,
    signal: options.signal,
    input,
  })
  return Number(output.toString("latin1"))
}

/** Whether the mirror has that commit, with nothing said about what it reaches. */
export async function hasCommit(mirror: Mirror, oid: string, signal?: AbortSignal): Promise<boolean> {
  const { exitCode } = await mirror.git.run(["cat-file", "-e", `${assertObjectId(oid)}^{commit}`], {
    repository: mirror,
    signal,
    acceptedExitCodes: [0, 1, 128],
  })
  return exitCode === 0
}

export interface AncestryOptions {
  ancestor: string
  descendant: string
  signal?: AbortSignal | undefined
}

/**
 * Whether `ancestor` is in the history of `descendant`. A commit that the mirror does not have is in nobody's history:
 * the remote has dropped it, and the mirror was made anew since.
 */
export async function isAncestor(mirror: Mirror, options: AncestryOptions): Promise<boolean> {
  const { ancestor, descendant, signal } = options
  if (!(await hasCommit(mirror, ancestor, signal))) return false
  const { exitCode } = await mirror.git.run(
    ["merge-base", "--is-ancestor", assertObjectId(ancestor), assertObjectId(descendant)],
    { repository: mirror, signal, acceptedExitCodes: [0, 1] },
  )
  return exitCode === 0
}
