import { countTextLines } from "../facts/describe-file.js"
import { createLineBirths } from "../facts/line-births.js"
import type { LineChange, LineCounts } from "../facts/line-births.js"
import { readRuns, writeLedger, writeRuns } from "../facts/ledger-rows.js"
import { noLines } from "../facts/splice-runs.js"
import { largestText } from "../facts/describe-file.js"
import type { PathIds } from "../facts/path-ids.js"
import { childrenWorth } from "../history/count-children.js"
import { readBlobs } from "../history/read-blobs.js"
import { readPatches } from "../history/read-patches.js"
import type { CommitPatch, PatchedChange } from "../parse/parse-patches.js"
import type { Build } from "./build-snapshot.js"
import type { Chain, ChainCommit } from "./plan-chain.js"
import { inBatches, oneByOne } from "./in-batches.js"
import { mentionedPaths } from "./mentioned-paths.js"
import { planPatches } from "./plan-patches.js"
import type { PlannedPatches } from "./plan-patches.js"

/**
 * Counts when lines were born and died along the first-parent chain. Git's answers come in whatever order; they are counted in
 * the order of the chain.
 */
export async function buildLines(build: Build, { chain, pathIds }: { chain: Chain; pathIds: PathIds }): Promise<void> {
  const { scope } = build
  const lines = createLineBuilder(build, chain)
  let done = 0
  const report = (): void => build.stages.progress("following lines", done, chain.commits.length, "commits")
  report()
  const answers = readPatches(build.fetched.mirror, planPatches(chain), {
    slots: build.slots,
    children: childrenWorth(chain.commits.length),
    signal: build.signal,
  })
  await inBatches(oneByOne(answers), {
    weigh: ({ patches }) => patches.reduce((sum, { changes }) => sum + 1 + changes.length, 0),
    weight: weightPerTransaction,
    write: async (batch) => {
      const mentioned = mentionedPaths(batch.flatMap(({ patches }) => patches))
      await scope.transaction(async (transaction) => {
        const paths = await pathIds.find(transaction, mentioned)
        for (const { block, patches } of batch) lines.offer(block, patches, paths)
      })
      await lines.advance()
      for (const { block } of batch) done += block.commits.length
      report()
    },
  })
  await lines.finish()
}

/** Counts in the order of the chain, as the answers come. */
interface LineBuilder {
  /** Takes an answer, in whatever order. */
  offer(asked: PlannedPatches, patches: readonly CommitPatch[], paths: ReadonlyMap<string, number>): void
  /** Counts what can be counted, now that answers were offered. */
  advance(): Promise<void>
  /** Writes what was not written yet. */
  finish(): Promise<void>
}

interface Step {
  commit: ChainCommit
  changes: (Omit<LineChange, "newLines"> & { newOid: string })[]
}

interface Counted extends LineCounts {
  commit: ChainCommit
  time: number
}

const filesPerTransaction = 2_000
const weightPerTransaction = 3_000
const defaultCheckpoint = 10_000

function createLineBuilder(build: Build, chain: Chain): LineBuilder {
  const { scope, snapshot } = build
  const births = createLineBirths()
  const checkpoint = build.ledgerCheckpoint ?? defaultCheckpoint
  const waiting = new Map<number, Step[]>()
  let nextNumber = 0
  let position = chain.firstPosition
  let time = chain.lastTime
  let counted: Counted[] = []
  // Of a chain that begins here, nothing is stored that is not known here.
  const complete = chain.firstPosition === 0

  async function count(steps: readonly Step[]): Promise<void> {
    const missing = new Set<number>()
    const binary = new Set<string>()
    for (const change of steps.flatMap(({ changes }) => changes)) {
      if (!complete)
        for (const path of [change.pathId, change.oldPathId]) if (path && !births.has(path)) missing.add(path)
      if (mayBecomeText(change)) binary.add(change.newOid)
    }
    if (missing.size > 0) {
      const stored = await readRuns(scope, [...missing])
      for (const path of missing) births.load(path, stored.get(path) ?? noLines)
    }
    const lines = await countBlobs(build, [...binary])
    for (const { commit, changes } of steps) {
      const counts = births.apply(
        position++,
        changes.map((change) => ({ ...change, newLines: lines.get(change.newOid) ?? 0 })),
      )
      time = Math.max(time, commit.committedAt)
      counted.push({ ...counts, commit, time })
    }
    if (counted.length >= checkpoint) await write()
  }

  /** What is written last says up to where the rest can be trusted; all of it is one transaction unless it is very much. */
  async function write(): Promise<void> {
    const last = counted.at(-1)
    if (!last) return
    const files = births.takeChanged().map((pathId) => ({ pathId, runs: births.get(pathId) }))
    const firstPosition = position - counted.length
    const stretch = counted
    counted = []
    const divided = files.length > filesPerTransaction
    if (divided) await scope.transaction((transaction) => setUnfinished(transaction, true))
    const rest = Math.max(0, files.length - filesPerTransaction)
    for (let start = 0; start < rest; start += filesPerTransaction) {
      const batch = files.slice(start, Math.min(start + filesPerTransaction, rest))
      await scope.transaction((transaction) => writeRuns(transaction, scope, { files: batch, snapshot }))
    }
    await scope.transaction(async (transaction) => {
      await writeRuns(transaction, scope, { files: files.slice(rest), snapshot })
      await writeLedger(transaction, scope, {
        block: {
          firstPosition,
          id: stretch.map(({ commit }) => commit.id),
          authorId: stretch.map(({ commit }) => commit.authorId),
          time: stretch.map((one) => one.time),
          added: stretch.map(({ added }) => added),
          deaths: stretch.map(({ deaths }) => deaths),
        },
        ...{ lastOid: last.commit.oid, lastTime: last.time, snapshot },
      })
      if (divided) await setUnfinished(transaction, false)
    })
  }

  const setUnfinished = (transaction: Parameters<typeof writeRuns>[0], unfinished: boolean): Promise<unknown> =>
    transaction.query("update assay.snapshots set lines_unfinished = $3 where repository_id = $1 and number = $2", [
      scope.repositoryId,
      snapshot,
      unfinished,
    ])

  return {
    offer({ number, commits }, patches, paths) {
      waiting.set(
        number,
        commits.map((commit, place) => ({
          commit,
          changes: patches[place]!.changes.map((change) => toLineChange(change, paths)),
        })),
      )
    },
    async advance() {
      for (let steps = waiting.get(nextNumber); steps; steps = waiting.get(nextNumber)) {
        waiting.delete(nextNumber++)
        await count(steps)
      }
    },
    async finish() {
      await write()
      for (const pathId of births.misfits) {
        build.context.log.warn({ pathId }, "the lines of a file do not follow from its history")
      }
    },
  }
}

/** Git compares no lines if one side is binary: it may be the old one. What was added is binary itself. */
function mayBecomeText({ binary, status, isFile }: Pick<LineChange, "binary" | "status" | "isFile">): boolean {
  return binary && isFile && status !== "A" && status !== "D"
}

function toLineChange(change: PatchedChange, paths: ReadonlyMap<string, number>): Step["changes"][number] {
  const { status, path, oldPath, oldMode, newMode, binary, hunks, newOid } = change
  return {
    status,
    pathId: paths.get(path)!,
    oldPathId: oldPath === undefined ? 0 : paths.get(oldPath)!,
    wasFile: isRegular(oldMode),
    isFile: isRegular(newMode),
    ...{ binary, hunks, newOid },
  }
}

function isRegular(mode: number): boolean {
  return (mode & 0o170000) === 0o100000
}

async function countBlobs({ fetched, signal }: Build, oids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const lines = new Map<string, number>()
  if (oids.length === 0) return lines
  for await (const blob of readBlobs(fetched.mirror, oids, { bytes: largestText, signal })) {
    lines.set(blob.oid, countTextLines(blob))
  }
  return lines
}
