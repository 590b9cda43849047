import { AssayError, InvalidInputError } from "@assay/core"
import type {
  Database,
  Insight,
  InsightName,
  InsightQuery,
  InsightReader,
  InsightSnapshot,
  Json,
  Logger,
  RepositoryReference,
  RepositoryStore,
} from "@assay/core"
import type { SnapshotFacts } from "../facts/snapshot-facts.js"
import { openFirstFacts } from "../facts/open-first-facts.js"
import type { FirstFacts } from "../facts/open-first-facts.js"
import { openSnapshotFacts } from "../facts/open-snapshot-facts.js"
import { compareSnapshots } from "./compare-snapshots.js"
import { findSnapshots } from "./find-snapshots.js"
import { pageOf } from "./answer-table.js"
import type { InsightPage } from "./answer-table.js"
import { computeInsight } from "./compute-insight.js"
import { createInsightAnswers } from "./insight-answers.js"
import { foreignCursor, readCursor, writeCursor } from "./insight-cursor.js"
import type { InsightCursor } from "./insight-cursor.js"
import type { InsightDefinition } from "./insight-definition.js"
import { insightDefinitions } from "./insight-definitions.js"
import { readRules } from "./insight-rules.js"
import type { InsightRulesOptions } from "./insight-rules.js"
import { loadFacts } from "./loaded-facts.js"
import { keyOf, limitOf, parametersOf } from "./insight-question.js"
import { prepareInsights } from "./prepare-insights.js"
import { createRememberedInsights } from "./remembered-insights.js"

export interface InsightReaderOptions extends InsightRulesOptions {
  readonly database: Pick<Database, "query">
  readonly repositories: Pick<RepositoryStore, "get">
  /** Memory for the facts of snapshots that were asked about last, in bytes. Default 48 MiB. */
  readonly cacheBytes?: number | undefined
  readonly log?: Logger | undefined
  /** Where facts come from. Default: from the tables that `repository.index` writes. */
  readonly facts?: InsightFacts | undefined
}

export interface InsightFacts {
  open(repository: RepositoryReference, snapshot: InsightSnapshot): SnapshotFacts
  /** Commits and people of a repository that is read for the first time; `undefined` while there are none. */
  openFirst(repository: RepositoryReference): Promise<FirstFacts | undefined>
}

/** A reader that can also answer ahead. */
export interface PreparingInsightReader extends InsightReader {
  /**
   * Computes and keeps the answers of all insights with default parameters, of the newest snapshot that can be read, so that whoever
   * asks first need not wait for them. What is kept already is not computed again. Other work of the process has its turn between
   * two insights. One that cannot be computed is logged, and the others are prepared all the same. Ends early, without an error,
   * when the signal is aborted; does nothing while there is no snapshot.
   *
   * Rejects with `REPOSITORY_NOT_FOUND`, and if the snapshots cannot be looked up.
   */
  prepare(repository: RepositoryReference, options?: { signal?: AbortSignal | undefined }): Promise<void>
}

/**
 * Reads insights from the facts that `repository.index` wrote. What was computed once for a snapshot is kept beside it, so that the
 * next reader of the same answer costs one indexed read.
 *
 * Throws `INVALID_INPUT` for aliases that cannot be read.
 */
export function createInsightReader(options: InsightReaderOptions): PreparingInsightReader {
  const { database, repositories, cacheBytes = 48 * 2 ** 20, log } = options
  const sources = options.facts ?? storedFacts(database)
  const rules = readRules(options)
  const remembered = createRememberedInsights({ database, log })
  const answers = createInsightAnswers({ rules, remembered, open: sources.open, cacheBytes })

  async function findAll(repository: RepositoryReference): Promise<InsightSnapshot[]> {
    if (!(await repositories.get(repository.id, repository.tenant))) {
      throw new AssayError("REPOSITORY_NOT_FOUND", `There is no repository ${repository.id}.`)
    }
    return findSnapshots(database, repository)
  }

  async function read(repository: RepositoryReference, name: InsightName, query: InsightQuery = {}): Promise<Insight> {
    const definition = Object.hasOwn(insightDefinitions, name) ? insightDefinitions[name] : undefined
    if (!definition) {
      const message = `expected one of ${Object.keys(insightDefinitions).join(", ")}`
      throw new InvalidInputError("The query", [{ path: ["name"], message }])
    }
    const limit = limitOf(query.limit)
    const cursor = query.cursor === undefined ? undefined : readCursor(query.cursor)
    const all = await findAll(repository)
    const wanted = query.snapshot ?? cursor?.snapshot
    const snapshot = all.find(({ number }) => wanted === undefined || number === wanted)
    if (!snapshot) {
      const first = all.length === 0 ? await sources.openFirst(repository) : undefined
      if (first && definition.early && (wanted === undefined || wanted === first.snapshot.number)) {
        const answer = await readFirst({ definition, facts: withNothingElse(first), query, limit, cursor })
        const still = await sources.openFirst(repository)
        // It was published, or given up, while it was read: what was counted may be half of it.
        return still?.snapshot.number === first.snapshot.number ? answer : read(repository, name, query)
      }
      throw notReady(repository, { name, wanted, first: first !== undefined, all })
    }
    const question = answers.questionOf({ definition, query, repository, snapshot })
    const { parameters, as } = question
    const { key } = as
    if (cursor && (cursor.key !== key || cursor.snapshot !== snapshot.number)) throw foreignCursor()
    const offset = cursor?.offset ?? 0
    const page = await answers.answer(question, { offset, limit })
    return toInsight({ definition, parameters, snapshot, page, cursor: { snapshot: snapshot.number, key, offset } })
  }

  async function prepare(
    repository: RepositoryReference,
    { signal }: { signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    const [snapshot] = await findAll(repository)
    if (snapshot) await prepareInsights({ answers, repository, snapshot, signal, log })
  }

  /** Nothing of it is kept: there is more of it every second. */
  async function readFirst(asked: {
    definition: InsightDefinition
    facts: SnapshotFacts
    query: InsightQuery
    limit: number
    cursor: InsightCursor | undefined
  }): Promise<Insight> {
    const { definition, facts, query, limit, cursor } = asked
    const snapshot = { ...facts.snapshot, publishedAt: undefined, stale: true, complete: false }
    const parameters = parametersOf({ definition, query, snapshot })
    if (hasItems(parameters["path"]) || hasItems(parameters["exclude"]))
      throw whileFirstRead(facts.repositoryId, "a path")
    const key = keyOf(definition, parameters, rules.digest)
    if (cursor && cursor.key !== key) throw foreignCursor()
    const table = await computeInsight(definition, { rules, facts: loadFacts(facts), parameters, complete: false })
    const offset = cursor?.offset ?? 0
    const page = pageOf(table, { offset, limit })
    return toInsight({ definition, parameters, snapshot, page, cursor: { snapshot: snapshot.number, key, offset } })
  }

  const reader: PreparingInsightReader = {
    descriptions: Object.values(insightDefinitions).map(({ name, title, definition, parameters, values, columns }) => ({
      ...{ name, title, definition, parameters, values, columns },
    })),
    read,
    snapshots: findAll,
    compare: (repository, snapshots) => compareSnapshots(reader, repository, snapshots),
    prepare,
  }
  return reader
}

function storedFacts(database: Pick<Database, "query">): InsightFacts {
  return {
    open: ({ id, tenant }, snapshot) => openSnapshotFacts(database, { tenant, repositoryId: id, snapshot }),
    openFirst: ({ id, tenant }) => openFirstFacts(database, { tenant, repositoryId: id }),
  }
}

function withNothingElse(first: FirstFacts): SnapshotFacts {
  return {
    ...first,
    lines: () => Promise.resolve(undefined),
    async *fileLines() {
      // None yet.
    },
    files: () => Promise.resolve([]),
    tags: () => Promise.resolve([]),
    paths: () => Promise.resolve(new Map()),
  }
}

function toInsight(answer: {
  definition: InsightDefinition
  parameters: Record<string, Json>
  snapshot: InsightSnapshot
  page: InsightPage
  cursor: InsightCursor
}): Insight {
  const { definition, parameters, snapshot, page } = answer
  const next = answer.cursor.offset + page.rows.length
  return {
    ...{ name: definition.name, definition: definition.definition, parameters, exclusions: page.exclusions, snapshot },
    // What was kept in the database has lost its order.
    values: Object.fromEntries(Object.keys(definition.values).map((key) => [key, page.values[key] ?? null])),
    ...{ columns: page.columns, rows: page.rows, total: page.total },
    cursor: next < page.total && page.rows.length > 0 ? writeCursor({ ...answer.cursor, offset: next }) : undefined,
  }
}

function hasItems(value: Json | undefined): boolean {
  return Array.isArray(value) && value.length > 0
}

function whileFirstRead(id: number, what: string): AssayError {
  const message = `Repository ${id} is being read for the first time; ${what} needs all of it.`
  return new AssayError("SNAPSHOT_NOT_READY", message, { retryable: true })
}

function notReady(
  { id }: RepositoryReference,
  asked: { name: InsightName; wanted: number | undefined; first: boolean; all: readonly InsightSnapshot[] },
): AssayError {
  const { name, wanted, first, all } = asked
  if (first) return whileFirstRead(id, name)
  if (wanted === undefined || all.length === 0) {
    return new AssayError("SNAPSHOT_NOT_READY", `Repository ${id} has not been indexed yet.`)
  }
  const kept = all.map(({ number }) => number).join(", ")
  return new AssayError("SNAPSHOT_NOT_READY", `Repository ${id} has no snapshot ${wanted} any more; it has ${kept}.`)
}
