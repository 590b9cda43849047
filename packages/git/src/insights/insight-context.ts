import type { InsightExclusion, Json } from "@assay/core"
import type { FileRow } from "../facts/snapshot-facts.js"
import { secondsOfDay } from "./calendar.js"
import type { InsightDefinition, InsightTable } from "./insight-definition.js"
import type { LoadedFacts } from "./loaded-facts.js"
import { parseParameters } from "./parse-parameters.js"
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

/** Answers a question about the same snapshot that an insight asks another. */
export type AskInsight = (definition: InsightDefinition, given: Readonly<Record<string, Json>>) => Promise<InsightTable>

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
  /**
   * The answer of another insight, with these parameters as they were read, and else its defaults: as it is kept, or computed. It
   * may have no more than the first rows, a hundred at least.
   */
  readonly ask: AskInsight

  /** Without `ask`, others are computed from the same facts each time. */
  constructor(options: { facts: LoadedFacts; rules: InsightRules; now: number; complete: boolean; ask?: AskInsight }) {
    const { facts, rules, now, complete } = options
    this.complete = complete
    this.facts = facts
    this.rules = rules
    this.now = now
    this.latest = now + secondsOfDay
    this.ask =
      options.ask ??
      ((definition, given) => {
        const defaults = parseParameters({ name: definition.name, parameters: definition.takes }, {}, now)
        return definition.compute(this, { ...defaults, ...given })
      })
  }

  /** Everybody that a commit of the snapshot mentions. */
  people(): Promise<People> {
    return this.share(
      "people",
      async () => {
        const commits = await this.facts.commitsOfIdentities()
        const identities = (await this.facts.identities()).filter(({ id }) => commits.has(id))
        const { aliases, extraBots } = this.rules
        return gatherPeople(identities, { aliases, extraBots, commitsOf: (id) => commits.get(id) ?? 0 })
      },
      ({ length }) => length * 500,
    )
  }

  /** By block, by commit: the author's position among the people. */
  private authors(): Promise<readonly Int32Array[]> {
    return this.share(
      "authors",
      async () => {
        const people = await this.people()
        return (await this.facts.history()).map(({ commits }) =>
          commits.authorId.map((identity) => people.positionOf(identity)),
        )
      },
      (authors) => authors.reduce((sum, { byteLength }) => sum + byteLength, 0),
    )
  }

  /**
   * Runs folds over the part of the history that the filters leave, in one pass. Those that several insights share are looked up
   * where nothing is left out but programs.
   *
   * @param clock which of a commit's clocks `since` and `until` look at
   */
  async fold<const Folds extends readonly Fold<unknown>[]>(
    folds: Folds,
    filters: Filters,
    clock: Selection["clock"],
  ): Promise<{ results: FoldResults<Folds>; leftOut: LeftOut }> {
    const selection: Selection = {
      ...{ bots: filters.bots ?? "show", clock, latest: this.latest },
      ...{ since: secondsOf(filters.since), until: secondsOf(filters.until) },
      ignores: ignoring(filters.ignoreCommits ?? []),
      wants: await this.wanting(filters),
    }
    // Without the files of a snapshot there are no lineages; and without changes there is no need of them.
    const view = filters.view === "lineage" && this.complete ? "lineage" : "exact"
    if (leavesMore(selection)) {
      const { blocks, leftOut } = await this.select(view, selection)
      for (const block of blocks) for (const fold of folds) fold.add(block)
      return { results: resultsOf(folds), leftOut }
    }

    const name = `${view} ${selection.bots}`
    const { blocks, leftOut } = await this.share(
      `history ${name}`,
      async () => {
        const selected = await this.select(view, selection)
        return { blocks: [...selected.blocks], leftOut: selected.leftOut }
      },
      (selected) => selected.blocks.reduce((sum, { commits }) => sum + commits.length + 500, 0),
    )
    const run = <Result>(fold: Fold<Result>): Result => {
      for (const block of blocks) fold.add(block)
      return fold.result()
    }
    const results: unknown[] = []
    for (const fold of folds) {
      const { shared } = fold
      // Another `now` may be any: what is counted for it would fill the memory.
      const result =
        shared && this.now === tipTimeOf(this.facts)
          ? this.share(`${shared.name} of ${name}`, () => run(fold), shared.bytesOf)
          : run(fold)
      results.push(await result)
    }
    return { results: results as unknown as FoldResults<Folds>, leftOut: { ...leftOut } }
  }

  /** Blocks are selected as they are asked for; `leftOut` is complete after the last. */
  private async select(
    view: "lineage" | "exact",
    selection: Selection,
  ): Promise<{ blocks: Iterable<SelectedBlock>; leftOut: LeftOut }> {
    const people = await this.people()
    const authors = await this.authors()
    const lines = await this.facts.linesOfCommits()
    const history = await this.facts.history()
    const lineage = view === "lineage" ? await this.facts.lineage() : undefined
    const leftOut: LeftOut = { botCommits: 0, ignoredCommits: 0, invalidTimes: 0 }
    function* blocks(): Generator<SelectedBlock> {
      for (const [at, block] of history.entries()) {
        const selectable = { block, lineage: lineage?.files[at], person: authors[at]!, lines: lines[at]! }
        yield selectBlock(selectable, { selection, people, leftOut })
      }
    }
    return { blocks: blocks(), leftOut }
  }

  /**
   * What several insights need of the facts, computed once for all of them. It depends on nothing but the facts, the rules and what
   * the name says.
   */
  share<Part>(name: string, compute: () => Part | Promise<Part>, bytesOf: (part: Part) => number): Promise<Part> {
    return this.facts.shared.get(`${this.rules.digest} ${name}`, compute, bytesOf)
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
function ignoring(ids: readonly string[]): Selection["ignores"] {
  if (ids.length === 0) return undefined
  const prefixes = ids.map((id) => id.slice(0, 12))
  return (tie) => {
    const id = tie.toString(16).padStart(12, "0")
    return prefixes.some((prefix) => id.startsWith(prefix))
  }
}

/** Whether it leaves out more than programs. */
function leavesMore({ since, until, ignores, wants }: Selection): boolean {
  return since !== undefined || until !== undefined || ignores !== undefined || wants !== undefined
}

function resultsOf<const Folds extends readonly Fold<unknown>[]>(folds: Folds): FoldResults<Folds> {
  return folds.map((fold) => fold.result()) as FoldResults<Folds>
}

function tipTimeOf({ source }: LoadedFacts): number {
  return (source.snapshot.committedAt?.getTime() ?? 0) / 1000
}
