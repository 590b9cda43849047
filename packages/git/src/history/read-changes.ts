import type { Mirror } from "../mirror/mirror.js"
import { blockMark, createDiffTreeParser, diffTreeOptions } from "../parse/parse-diff-tree.js"
import type { CommitChanges } from "../parse/parse-diff-tree.js"
import { countChildren } from "./count-children.js"
import { createAnswerReader } from "./answer-reader.js"
import { askInBlocks } from "./ask-in-blocks.js"
import { assertObjectId } from "./object-id.js"
import { createSlots } from "./slots.js"
import type { Slots } from "./slots.js"

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
  const blocks = cut(commits, options.blockSize ?? 100)
  const { signal } = options
  const slots = createSlots(countChildren(options.children))
  for await (const { block: index, commits: answered } of readChangesOf(mirror, blocks, { slots, signal })) {
    yield { index, commits: answered }
  }
}

export interface AskedChanges<Block> {
  /** Whatever the caller knows the block by. */
  readonly block: Block
  readonly oids: readonly string[]
}

/** The same, of blocks that the caller has cut. */
export async function* readChangesOf<Block>(
  mirror: Mirror,
  blocks: AsyncIterable<AskedChanges<Block>> | Iterable<AskedChanges<Block>>,
  options: { slots: Slots; children?: number | undefined; signal?: AbortSignal | undefined },
): AsyncGenerator<{ block: Block; commits: CommitChanges[] }, void, undefined> {
  yield* askInBlocks({
    blocks,
    slots: options.slots,
    children: options.children,
    open: () => mirror.git.open(["diff-tree", ...diffTreeOptions], { repository: mirror, signal: options.signal }),
    // Each with its own newline: a block of nothing but merges asks for nothing, and git echoes an empty line.
    ask: ({ oids }) =>
      `${[...oids]
        .reverse()
        .map((oid) => `${oid}\n`)
        .join("")}${blockMark}`,
    createReader: () =>
      createAnswerReader<AskedChanges<Block>, CommitChanges, { block: Block; commits: CommitChanges[] }>({
        createParser: createDiffTreeParser,
        oidsOf: ({ oids }) => oids,
        toResult: ({ block }, commits) => ({ block, commits }),
      }),
  })
}

async function* cut(
  commits: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
  size: number,
): AsyncGenerator<AskedChanges<number>, void, undefined> {
  let index = 0
  let oids: string[] = []
  for await (const batch of commits) {
    for (const oid of batch) {
      oids.push(assertObjectId(oid))
      if (oids.length < size) continue
      yield { block: index++, oids }
      oids = []
    }
  }
  if (oids.length > 0) yield { block: index, oids }
}
