import { availableParallelism } from "node:os"
import { GitError } from "../errors.js"
import type { Mirror } from "../mirror/mirror.js"
import { blockMark, createDiffTreeParser, diffTreeOptions } from "../parse/parse-diff-tree.js"
import type { CommitChanges } from "../parse/parse-diff-tree.js"
import type { GitProcess } from "../process/git-process.js"
import { createChannel } from "./channel.js"
import type { Channel } from "./channel.js"
import { assertObjectId } from "./object-id.js"

export interface ReadChangesOptions {
  /** How many git processes share the work. Default: one per processor, at most 4. */
  children?: number
  /**
   * Commits per block. Blocks of 25 to 100 suit most histories; with larger ones the last block of a short history
   * keeps one child busy while the others have nothing to do. Default 100.
   */
  blockSize?: number
  signal?: AbortSignal | undefined
}

/** Some of the commits, completely. Blocks arrive in whatever order they are done. */
export interface ChangeBlock {
  /** The place of the block in the order in which commits were given, from 0. */
  index: number
  /** In the order in which they were given. A merge has no changes. */
  commits: CommitChanges[]
}

/** How many blocks a child may have been given without having answered. The second keeps it busy while we parse the first. */
const ahead = 2

/**
 * What each of these commits changed against its parent. Line counts are what costs time in reading a history, and git
 * does them on one processor; so a few long-lived git processes get the commits in turn, block by block.
 *
 * Each block that is yielded is complete and checked: every commit of it was answered. Throws `MIRROR_DAMAGED` if git
 * skips one (it does, silently, when the commit is missing).
 */
export async function* readChanges(
  mirror: Mirror,
  commits: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  options: ReadChangesOptions = {},
): AsyncGenerator<ChangeBlock, void, undefined> {
  const children = Math.max(1, options.children ?? Math.min(availableParallelism(), 4))
  const blocks = dealBlocks(commits, options.blockSize ?? 100)
  const results = createChannel<ChangeBlock>(children * ahead)
  const processes: GitProcess[] = []
  const work = Array.from({ length: children }, async () => {
    // A history of one block needs one process.
    const first = await blocks.next()
    if (!first) return
    const child = mirror.git.open(["diff-tree", ...diffTreeOptions], { repository: mirror, signal: options.signal })
    processes.push(child)
    await runChild(child, { first, blocks, results })
  })
  void Promise.all(work).then(
    () => results.close(),
    (error: unknown) => results.close(error),
  )
  try {
    yield* results
  } finally {
    results.close()
    await Promise.all(processes.map((child) => child.stop()))
    await Promise.allSettled(work)
    await blocks.close()
  }
}

interface Block {
  index: number
  oids: string[]
}

interface Dealer {
  next(): Promise<Block | undefined>
  close(): Promise<void>
}

/** Cuts the commits into blocks, and gives each to whoever asks next. */
function dealBlocks(commits: AsyncIterable<readonly string[]> | Iterable<readonly string[]>, size: number): Dealer {
  const source = cut(commits, size)
  return {
    // An async generator queues the requests of several callers by itself.
    next: async () => (await source.next()).value ?? undefined,
    close: async () => {
      await source.return(undefined)
    },
  }
}

async function* cut(
  commits: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  size: number,
): AsyncGenerator<Block, undefined, undefined> {
  let index = 0
  let oids: string[] = []
  for await (const batch of commits) {
    for (const oid of batch) {
      oids.push(assertObjectId(oid))
      if (oids.length < size) continue
      yield { index: index++, oids }
      oids = []
    }
  }
  if (oids.length > 0) yield { index, oids }
  return undefined
}

/** Feeds one git process and reads its answers until there are no more blocks. */
async function runChild(
  child: GitProcess,
  context: { first: Block; blocks: Dealer; results: Channel<ChangeBlock> },
): Promise<void> {
  const { blocks, results } = context
  const asked: Block[] = []
  let allAsked = false
  // Nothing waits for the pipe to drain: a child that waits for us to read its answers reads no questions.
  const ask = (block: Block | undefined): void => {
    if (!block) {
      if (!allAsked) child.stdin.end()
      allAsked = true
      return
    }
    asked.push(block)
    child.stdin.write(`${block.oids.join("\n")}\n${blockMark}`)
  }

  const done: ChangeBlock[] = []
  let answered: CommitChanges[] = []
  const parser = createDiffTreeParser({
    commit: (commit) => void answered.push(commit),
    mark() {
      done.push(checked(asked.shift(), answered))
      answered = []
    },
  })
  try {
    ask(context.first)
    for (let more = 1; more < ahead; more++) ask(await blocks.next())
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      parser.push(chunk)
      while (done.length > 0) {
        const block = done.shift()!
        if (!allAsked) ask(await blocks.next())
        await results.put(block)
      }
    }
    await child.finished
    parser.end()
    if (asked.length > 0) throw incomplete()
  } catch (error) {
    await child.stop()
    // When the process was ended, or broke off, its own reason says more than the pipe that closed.
    const reason: unknown = await child.finished.then(
      () => error,
      (cause: unknown) => cause,
    )
    throw GitError.isInstance(error) ? error : reason
  }
}

function checked(block: Block | undefined, commits: CommitChanges[]): ChangeBlock {
  if (!block || block.oids.length !== commits.length || block.oids.some((oid, at) => commits[at]!.oid !== oid))
    throw incomplete()
  return { index: block.index, commits }
}

function incomplete(): GitError {
  return new GitError("MIRROR_DAMAGED", "The local copy of the repository misses some commits.", {
    hint: "It is made anew on the next run.",
  })
}
