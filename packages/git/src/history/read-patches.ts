import type { Mirror } from "../mirror/mirror.js"
import { blockMark } from "../parse/parse-diff-tree.js"
import { createPatchParser, patchOptions } from "../parse/parse-patches.js"
import type { CommitPatch } from "../parse/parse-patches.js"
import { createAnswerReader } from "./answer-reader.js"
import { askInBlocks } from "./ask-in-blocks.js"
import { assertObjectId } from "./object-id.js"
import { createSlots } from "./slots.js"
import type { Slots } from "./slots.js"

/** A commit to compare with its parent. */
export interface Comparison {
  readonly oid: string
  /** Compare with this one only, whatever parents it has: the first one of a merge. */
  readonly parent?: string | undefined
}

export interface ReadPatchesOptions {
  /** Where its git processes wait for their turn. Default: two of its own. */
  slots?: Slots | undefined
  /** How many there are at most. Default: as many as there are slots. */
  children?: number | undefined
  signal?: AbortSignal | undefined
}

export interface AskedPatches<Block> {
  /** Whatever the caller knows the block by. */
  readonly block: Block
  readonly comparisons: readonly Comparison[]
}

export interface PatchedBlock<Block> {
  readonly block: Block
  /** In the order of the comparisons. */
  readonly patches: readonly CommitPatch[]
}

/**
 * Which lines commits changed against their parents, block by block, in whatever order git is done with the blocks;
 * long-lived processes share the work as in `readChanges`. The commits of a block come in the order in which they were given.
 * Git is given them the other way round: in a pack the newest content is the one that needs no other.
 *
 * How many lines these are is not for here: without context git cuts off what both files end with before it compares them, and may
 * find another difference, of some lines more, than `git log --numstat` does. `git blame` cuts off the same.
 */
export async function* readPatches<Block>(
  mirror: Mirror,
  blocks: Iterable<AskedPatches<Block>>,
  options: ReadPatchesOptions = {},
): AsyncGenerator<PatchedBlock<Block>, void, undefined> {
  const { signal } = options
  const answers = askInBlocks({
    blocks,
    slots: options.slots ?? createSlots(2),
    children: options.children,
    open: () => mirror.git.open(["diff-tree", ...patchOptions], { repository: mirror, signal }),
    ask: ({ comparisons }) => `${[...comparisons].reverse().map(toLine).join("")}${blockMark}`,
    createReader: () =>
      createAnswerReader<AskedPatches<Block>, CommitPatch, PatchedBlock<Block>>({
        createParser: createPatchParser,
        oidsOf: ({ comparisons }) => comparisons.map(({ oid }) => oid),
        toResult: ({ block }, patches) => ({ block, patches }),
      }),
  })
  yield* answers
}

function toLine({ oid, parent }: Comparison): string {
  return parent === undefined ? `${assertObjectId(oid)}\n` : `${assertObjectId(oid)} ${assertObjectId(parent)}\n`
}
