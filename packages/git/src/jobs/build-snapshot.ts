import { analyzeTables } from "../facts/analyze-tables.js"
import { checkLines } from "../facts/check-lines.js"
import { clearLeftovers, keepCommits } from "../facts/clear-leftovers.js"
import { collectGarbage } from "../facts/collect-garbage.js"
import { findCommits } from "../facts/commit-rows.js"
import { countHistory } from "../facts/count-contributors.js"
import { databaseOf } from "../facts/fact-scope.js"
import type { FactScope } from "../facts/fact-scope.js"
import { retireLedger } from "../facts/ledger-rows.js"
import { createPathIds } from "../facts/path-ids.js"
import { readHistoryBlocks } from "../facts/read-history-blocks.js"
import { readPeople } from "../facts/read-people.js"
import { retireRows } from "../facts/remove-rows.js"
import { beginSnapshot, factsFormat, nextSnapshotNumber } from "../facts/snapshot-rows.js"
import type { ReadySnapshot, UnfinishedSnapshot } from "../facts/snapshot-rows.js"
import { writeCounts } from "../facts/write-counts.js"
import { writeTags } from "../facts/write-tags.js"
import { countChildren } from "../history/count-children.js"
import { readTreeChanges } from "../history/read-tree-changes.js"
import { hasCommit } from "../history/revisions.js"
import { createSlots } from "../history/slots.js"
import type { Slots } from "../history/slots.js"
import { GitError } from "../errors.js"
import type { FetchResult } from "../mirror/mirrors.js"
import type { Change } from "../parse/parse-diff-tree.js"
import { buildChanges } from "./build-changes.js"
import { buildCommits } from "./build-commits.js"
import { buildFiles } from "./build-files.js"
import { buildLines } from "./build-lines.js"
import { isNoCommit, noCommit } from "./fetch-mirror.js"
import type { IndexContext } from "./perform-index.js"
import { planChain } from "./plan-chain.js"
import { runTogether } from "./run-together.js"
import { createStages } from "./tell-stages.js"
import type { Stages } from "./tell-stages.js"

export interface BuildOptions {
  scope: FactScope
  /** The snapshot that readers see. */
  ready: ReadySnapshot | undefined
  /** What an earlier attempt left. */
  unfinished: UnfinishedSnapshot | undefined
  /** Reads everything again. */
  full: boolean
  /** `undefined` if the repository has no commits. */
  fetched: FetchResult | undefined
  reading: ReadingOptions
}

/** How a history is read. */
export interface ReadingOptions {
  /** Git processes at the same time; `undefined` for one per processor, at most 4. */
  readonly children: number | undefined
  /** Whether lines are followed along the first parents. */
  readonly lines: boolean
  /** After how many commits of the first-parent chain an attempt that is interrupted need not begin anew. */
  readonly ledgerCheckpoint: number | undefined
}

/** Where one build stands. */
export interface Build extends ReadingOptions {
  readonly context: IndexContext
  /** Aborts when the job has to end, or this part of it, because another part has failed. */
  readonly signal: AbortSignal
  readonly stages: Stages
  /** Where the git processes that compare files wait for their turn, whichever part they work for. */
  readonly slots: Slots
  readonly scope: FactScope
  readonly fetched: FetchResult
  readonly snapshot: number
  /** The commit of the published snapshot, if what is known can be built upon; else everything is read. */
  readonly base: string | undefined
  /** The paths that differ between `base` and the commit of this snapshot; `undefined` if everything is read. */
  readonly treeChanges: readonly Change[] | undefined
  /** The number of the published snapshot; 0 if there is none. */
  readonly baseSnapshot: number
  /** Some of the commits were read by an earlier attempt. */
  readonly resumed: boolean
}

/**
 * Writes all facts of the next snapshot and counts it, in many small transactions. Readers of the published snapshot see
 * nothing of it. Afterwards it only needs to be published. An attempt that was interrupted is continued if it was about
 * the same commit.
 */
export async function buildSnapshot(
  context: IndexContext,
  options: BuildOptions,
): Promise<{ added: number; removed: number }> {
  const { scope, ready, unfinished, fetched } = options
  const known = await findBase(context, options)
  const base = known?.commit
  const commit = fetched?.tip ?? noCommit
  const resumed = unfinished?.format === factsFormat && unfinished.commit === commit && unfinished.base === base
  if (resumed) await keepCommits(scope, ready !== undefined, unfinished)
  else await clearLeftovers(scope, { ready: ready !== undefined, unfinished })
  if (ready) await collectGarbage(scope, ready.number)
  const snapshot = await context.transaction(async (transaction) => {
    const number = await nextSnapshotNumber(transaction, scope)
    const branch = fetched?.branch ?? ready?.branch ?? ""
    const { jobId, fence } = context
    await beginSnapshot(transaction, scope, { number, commit, base, branch, jobId, fence })
    return number
  })

  const counts = { added: 0, removed: 0 }
  if (ready && base === undefined) {
    await retireRows(scope, "commits", snapshot)
    await retireRows(scope, "files", snapshot)
    await retireLedger(scope, snapshot)
    counts.removed = options.full ? 0 : ready.totals.commits
  }
  if (fetched) {
    const build: Build = {
      context,
      signal: context.signal,
      stages: createStages(context),
      slots: createSlots(countChildren(options.reading.children)),
      scope,
      fetched,
      snapshot,
      base,
      treeChanges: known?.treeChanges,
      baseSnapshot: ready?.number ?? 0,
      resumed,
      ...options.reading,
    }
    const { added, removed } = await buildFacts(build)
    counts.added = added
    counts.removed += removed
  }
  const grown = counts.added * 8 > (ready?.totals.commits ?? 0)
  await count(context, { scope, snapshot, fetched, grown })
  return counts
}

/**
 * Reads the commits, and then all the rest at the same time: git's processes compare files one after the other for changes and
 * lines, and while they do there is time for files and tags.
 */
async function buildFacts(build: Build): Promise<{ added: number; removed: number }> {
  const { context, stages, scope, snapshot, fetched, base } = build
  await stages.begin("reading history")
  const pathIds = await createPathIds(scope)
  const { commits, blocks, removed } = await buildCommits(build)
  const chain = build.lines ? await planChain(build, { commits, blocks }) : undefined
  if (!chain) await retireLedger(scope, snapshot)

  await runTogether(context.signal, async (part) => {
    const changes = part((signal) => buildChanges({ ...build, signal }, { commits, blocks, pathIds }))
    const follows = chain !== undefined && chain.commits.length > 0
    const lines = follows ? part((signal) => followLines({ ...build, signal }, { chain, pathIds })) : undefined
    const files = part((signal) => buildFiles({ ...build, signal }, pathIds))
    const tags = part((signal) => {
      const { oids, parents, columns } = commits
      const history = base === undefined ? { oids, parents, authors: columns.authorId } : undefined
      return writeTags(scope, fetched.mirror, { snapshot, tip: fetched.tip, added: oids, history, signal })
    })
    await changes
    if (lines) await stages.begin("following lines")
    await lines
    await stages.begin("reading files")
    await Promise.all([files, tags])
  })
  return { added: commits.length, removed }
}

/**
 * To compare a binary file that comes or goes, git takes all of it into memory, which it does not do to count its lines. Where
 * there is not enough, everything but the lines is known nevertheless.
 */
async function followLines(build: Build, work: Parameters<typeof buildLines>[1]): Promise<void> {
  try {
    await buildLines(build, work)
  } catch (error) {
    if (!GitError.isInstance(error) || error.code !== "REPOSITORY_TOO_LARGE") throw error
    build.context.log.warn({ error }, "the lines of this repository cannot be followed")
    await retireLedger(build.scope, build.snapshot)
  }
}

/** What is known can be built upon if it was read by today's rules and git can tell what has changed since. */
async function findBase(
  { signal }: IndexContext,
  { ready, full, fetched }: BuildOptions,
): Promise<{ commit: string; treeChanges: readonly Change[] } | undefined> {
  if (!ready || !fetched || full || ready.format !== factsFormat || isNoCommit(ready.commit)) return undefined
  const { mirror, tip } = fetched
  try {
    return { commit: ready.commit, treeChanges: await readTreeChanges(mirror, ready.commit, { to: tip, signal }) }
  } catch (error) {
    // Asked only now, because a process costs some hundredths of a second, and it is nearly always there.
    if (signal.aborted || (await hasCommit(mirror, ready.commit, signal))) throw error
    return undefined
  }
}

async function count(
  context: IndexContext,
  work: {
    scope: FactScope
    snapshot: number
    fetched: FetchResult | undefined
    /** There is much more of it than before. */
    grown: boolean
  },
): Promise<void> {
  const { scope, snapshot, fetched } = work
  await context.stage("publishing")
  const steps: (() => Promise<unknown>)[] = [
    async () => work.grown && scope.transaction(analyzeTables),
    () => countFacts(scope, snapshot, fetched?.tip),
    async () => {
      const fault = await checkLines(scope, snapshot)
      if (fault) context.log.error(fault, "the lines along the first parents are not those of the files")
    },
  ]
  for (const [done, step] of steps.entries()) {
    context.progress(done, steps.length, "steps")
    await step()
  }
  context.progress(steps.length, steps.length, "steps")
}

/** Reads the history as readers will, and writes the totals and contributors that come of it. */
async function countFacts(scope: FactScope, snapshot: number, tip: string | undefined): Promise<void> {
  const database = databaseOf(scope)
  const asked = { database, repositoryId: scope.repositoryId, snapshot }
  const [commit] = await findCommits(scope, tip === undefined ? [] : [tip])
  const counts = await countHistory(readHistoryBlocks(asked), { people: await readPeople(asked), tip: commit?.id })
  await scope.transaction((transaction) => writeCounts(transaction, scope, { snapshot, counts }))
}
