import type { InsightExclusion } from "@assay/core"
import type { FileRow } from "../facts/snapshot-facts.js"
import { secondsOfDay } from "./calendar.js"
import type { LoadedFacts } from "./loaded-facts.js"
import { matchPaths } from "./path-pattern.js"
import type { PathMatcher } from "./path-pattern.js"
import { gatherPeople } from "./people.js"
import type { People } from "./people.js"
import { selectBlock } from "./selected-history.js"
import type { Fold, LeftOut, SelectedBlock, Selection } from "./selected-history.js"
import type { InsightRules } from "./insight-rules.js"
import { utc, createZone } from "./time-zone.js"
import type { Zone } from "./time-zone.js"

/** Parameters that say which part of the history counts. An insight that does not take one of them has none of it. */
export interface Filters {
  readonly since?: string | null
  readonly until?: string | null
  readonly path?: readonly string[] | null
  readonly exclude?: readonly string[] | null
  readonly bots?: "hide" | "show" | "only"
  readonly ignoreCommits?: readonly string[] | null
  readonly view?: "lineage" | "exact"
}

export type FoldResults<Folds extends readonly Fold<unknown>[]> = {
  readonly [Index in keyof Folds]: Folds[Index] extends Fold<infer Result> ? Result : never
}

/** What an insight is computed from: the facts of a snapshot, and the moment of the answer. */
export class InsightContext {
  readonly facts: LoadedFacts
  readonly rules: InsightRules
  /** `false`: only commits and people are known. */
  readonly complete: boolean
  /** In seconds since 1970. */
  readonly now: number
  /** A clock that says more than a day after `now` says no time at all. */
  readonly latest: number
  private gathered: Promise<People> | undefined

  constructor(options: { facts: LoadedFacts; rules: InsightRules; now: number; complete: boolean }) {
    const { facts, rules, now, complete } = options
    this.complete = complete
    this.facts = facts
    this.rules = rules
    this.now = now
    this.latest = now + secondsOfDay
  }

  /** Everybody that a commit of the snapshot mentions. */
  people(): Promise<People> {
    this.gathered ??= this.gather()
    return this.gathered
  }

  private async gather(): Promise<People> {
    const commits = await this.facts.commitsOfIdentities()
    const identities = (await this.facts.identities()).filter(({ id }) => commits.has(id))
    const { aliases, extraBots } = this.rules
    return gatherPeople(identities, { aliases, extraBots, commitsOf: (id) => commits.get(id) ?? 0 })
  }

  /**
   * Runs folds over the part of the history that the filters leave, in one pass.
   *
   * @param clock which of a commit's clocks `since` and `until` look at
   */
  async fold<const Folds extends readonly Fold<unknown>[]>(
    folds: Folds,
    filters: Filters,
    clock: Selection["clock"],
  ): Promise<{ results: FoldResults<Folds>; leftOut: LeftOut }> {
    const people = await this.people()
    const blocks = await this.facts.history()
    // Without the files of a snapshot there are no lineages; and without changes there is no need of them.
    const lineage = filters.view === "lineage" && this.complete ? await this.facts.lineage() : undefined
    const selection: Selection = {
      ...{ bots: filters.bots ?? "show", clock, latest: this.latest },
      ...{ since: secondsOf(filters.since), until: secondsOf(filters.until) },
      ignores: ignoring(filters.ignoreCommits ?? []),
      wants: await this.wanting(filters),
    }
    const leftOut: LeftOut = { botCommits: 0, ignoredCommits: 0, invalidTimes: 0 }
    for (const [at, block] of blocks.entries()) {
      const selected: SelectedBlock = selectBlock(
        { block, lineage: lineage?.files[at] },
        { selection, people, leftOut },
      )
      for (const fold of folds) fold.add(selected)
    }
    return { results: folds.map((fold) => fold.result()) as FoldResults<Folds>, leftOut }
  }

  /** The path of a file by its number in a view: of one that is gone, the last that it had. */
  async pathOf(view: "lineage" | "exact"): Promise<(file: number) => string> {
    const paths = await this.facts.paths()
    if (view === "exact") return (file) => paths.get(file)!
    const { lastPaths } = await this.facts.lineage()
    return (file) => paths.get(file > 0 ? file : lastPaths[-file - 1]!)!
  }

  /** Regular files of the snapshot that the filters leave. */
  async files({ path, exclude }: Pick<Filters, "path" | "exclude">): Promise<readonly FileRow[]> {
    const wants = matching(path ?? [], exclude ?? [])
    const files = await this.facts.files()
    return wants ? files.filter((file) => wants(file.path)) : files
  }

  private async wanting(filters: Filters): Promise<Selection["wants"]> {
    const wants = matching(filters.path ?? [], filters.exclude ?? [])
    if (!wants) return undefined
    const pathOf = await this.pathOf(filters.view ?? "exact")
    const known = new Map<number, boolean>()
    return (file) => {
      let wanted = known.get(file)
      if (wanted === undefined) known.set(file, (wanted = wants(pathOf(file))))
      return wanted
    }
  }
}

export function secondsOf(text: string | null | undefined): number | undefined {
  return text === null || text === undefined ? undefined : Date.parse(text) / 1000
}

export function zoneOf(name: string | null): Zone {
  return name === null ? utc : createZone(name)
}

/** What the filters kept out of a history, as far as there was any. */
export function historyExclusions(leftOut: LeftOut, invalidTimes = leftOut.invalidTimes): InsightExclusion[] {
  const { botCommits, ignoredCommits } = leftOut
  return exclusions([
    ["bots", botCommits, "commits", "made by programs; `bots=show` counts them"],
    ["ignoredCommits", ignoredCommits, "commits", "named by `ignoreCommits`"],
    ["invalidTime", invalidTimes, "commits", "their clock says a time after `now` plus a day, or not after 1970"],
  ])
}

/** Of what was left out, that of which there was any. */
export function exclusions(
  all: readonly (readonly [what: string, count: number, unit: string, reason: string])[],
): InsightExclusion[] {
  return all.filter(([, count]) => count > 0).map(([what, count, unit, reason]) => ({ what, count, unit, reason }))
}

function matching(path: readonly string[], exclude: readonly string[]): PathMatcher | undefined {
  if (path.length === 0 && exclude.length === 0) return undefined
  const wanted = matchPaths(path)
  const unwanted = matchPaths(exclude)
  return (text) => (path.length === 0 || wanted(text)) && !unwanted(text)
}

/** By the first 48 bits of an object id, which is what the facts keep of it. */
function ignoring(ids: readonly string[]): (tie: number) => boolean {
  if (ids.length === 0) return () => false
  const prefixes = ids.map((id) => id.slice(0, 12))
  return (tie) => {
    const id = tie.toString(16).padStart(12, "0")
    return prefixes.some((prefix) => id.startsWith(prefix))
  }
}
