import { availableParallelism } from "node:os"
import type { Mirror } from "../mirror/mirror.js"
import { blockMark } from "../parse/parse-diff-tree.js"
import { createPatchParser, patchOptions } from "../parse/parse-patches.js"
import type { CommitPatch } from "../parse/parse-patches.js"
import { askInBlocks, incomplete } from "./ask-in-blocks.js"
import type { AnswerReader } from "./ask-in-blocks.js"
import { assertObjectId } from "./object-id.js"
import { readChanges } from "./read-changes.js"

/** A commit to compare with its parent. */
export interface Comparison {
  readonly oid: string
  /** Compare with this one only, whatever parents it has: the first one of a merge. */
  readonly parent?: string | undefined
  /** Say where in the files, too. */
  readonly hunks: boolean
}

export interface ReadPatchesOptions {
  /** How many git processes share the work. Default: one per processor, at most 4. */
  children?: number | undefined
  signal?: AbortSignal | undefined
}

export interface AskedBlock<Block> {
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
 * What commits changed against their parents, block by block, in whatever order git is done with the blocks. One pass says how
 * many lines and, where asked for, which ones; long-lived processes share it as in `readChanges`. The commits of a block come
 * in the order in which they were given. Git is given them the other way round: in a pack the newest content is the
 * one that needs no other.
 */
export async function* readPatches<Block>(
  mirror: Mirror,
  blocks: Iterable<AskedBlock<Block>>,
  options: ReadPatchesOptions = {},
): AsyncGenerator<PatchedBlock<Block>, void, undefined> {
  const { signal } = options
  const answers = askInBlocks({
    blocks,
    children: Math.max(1, options.children ?? Math.min(availableParallelism(), 4)),
    open: () => mirror.git.open(["diff-tree", ...patchOptions], { repository: mirror, signal }),
    ask: ({ comparisons }) => `${[...comparisons].reverse().map(toLine).join("")}${blockMark}`,
    createReader: createReader<Block>,
  })
  for await (const answer of answers) {
    await correctTypeChanges(mirror, answer.patches, signal)
    yield answer
  }
}

function toLine({ oid, parent }: Comparison): string {
  return parent === undefined ? `${assertObjectId(oid)}\n` : `${assertObjectId(oid)} ${assertObjectId(parent)}\n`
}

function createReader<Block>(): AnswerReader<AskedBlock<Block>, PatchedBlock<Block>> {
  const done: CommitPatch[][] = []
  let answered: CommitPatch[] = []
  const parser = createPatchParser({
    commit: (commit) => void answered.push(commit),
    mark() {
      done.push(answered.reverse())
      answered = []
    },
  })
  return {
    push(chunk) {
      const before = done.length
      parser.push(chunk)
      return done.length - before
    },
    take({ block, comparisons }) {
      const patches = done.shift() ?? []
      if (comparisons.length !== patches.length) throw incomplete()
      comparisons.forEach(({ oid, hunks }, at) => {
        const patch = patches[at]!
        if (patch.oid !== oid) throw incomplete()
        if (!hunks) for (const change of patch.changes) change.hunks = []
      })
      return { block, patches }
    },
    end: () => parser.end(),
  }
}

/**
 * A file that became a link has a patch that takes all of the one away and adds all of the other. Numstat compares the two, and
 * numstat is what counts.
 */
async function correctTypeChanges(
  mirror: Mirror,
  patches: readonly CommitPatch[],
  signal: AbortSignal | undefined,
): Promise<void> {
  const retyped = new Map(
    patches.filter(({ changes }) => changes.some(({ status }) => status === "T")).map((patch) => [patch.oid, patch]),
  )
  if (retyped.size === 0) return
  for await (const { commits } of readChanges(mirror, [[...retyped.keys()]], { children: 1, signal })) {
    for (const { oid, changes } of commits) {
      const counted = new Map(changes.map((change) => [change.path, change]))
      for (const change of retyped.get(oid)!.changes) {
        if (change.status !== "T") continue
        const other = counted.get(change.path)
        // Of a merge nothing is counted.
        if (other) [change.added, change.deleted] = [other.added, other.deleted]
      }
    }
  }
}
