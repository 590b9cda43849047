import { createHash } from "node:crypto"
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
import { createFactsCache } from "./facts-cache.js"
import { findSnapshots } from "./find-snapshots.js"
import { InsightContext } from "./insight-context.js"
import { foreignCursor, readCursor, writeCursor } from "./insight-cursor.js"
import type { InsightCursor } from "./insight-cursor.js"
import type { InsightDefinition, InsightTable } from "./insight-definition.js"
import { insightDefinitions } from "./insight-definitions.js"
import { readRules } from "./insight-rules.js"
import type { InsightRulesOptions } from "./insight-rules.js"
import { loadFacts } from "./loaded-facts.js"
import type { LoadedFacts } from "./loaded-facts.js"
import { parseParameters } from "./parse-parameters.js"
import { createRememberedInsights } from "./remembered-insights.js"
import type { InsightPage, RememberedAs } from "./remembered-insights.js"
import { roundAll } from "./round-half-up.js"

export interface InsightReaderOptions extends InsightRulesOptions {
  readonly database: Pick<Database, "query" | "transaction">
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

const defaultLimit = 100
const mostLimit = 1_000

/**
 * Reads insights from the facts that `repository.index` wrote. What was computed once for a snapshot is kept beside it, so that the
 * next reader of the same answer costs one indexed read.
 *
 * Throws `INVALID_INPUT` for aliases that cannot be read.
 */
export function createInsightReader(options: InsightReaderOptions): InsightReader {
  const { database, repositories, cacheBytes = 48 * 2 ** 20, log } = options
  const sources = options.facts ?? storedFacts(database)
  const rules = readRules(options)
  const remembered = createRememberedInsights({ database, log })
  const cache = createFactsCache(cacheBytes)
  const computing = new Map<string, Promise<InsightTable>>()

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
    const parameters = parametersOf({ definition, query, snapshot })
    const key = keyOf(definition, parameters, rules.digest)
    if (cursor && (cursor.key !== key || cursor.snapshot !== snapshot.number)) throw foreignCursor()
    const offset = cursor?.offset ?? 0
    const as = { tenant: repository.tenant, repositoryId: repository.id, snapshot: snapshot.number, key }
    const page =
      (await remembered.read(as, { offset, limit })) ??
      pageOf(await computeOnce(as, { definition, parameters, repository, snapshot }), { offset, limit })
    return toInsight({ definition, parameters, snapshot, page, cursor: { snapshot: snapshot.number, key, offset } })
  }

  /** Whoever asks the same at the same time waits for the same answer. */
  function computeOnce(
    as: RememberedAs,
    asked: {
      definition: InsightDefinition
      parameters: Record<string, Json>
      repository: RepositoryReference
      snapshot: InsightSnapshot
    },
  ): Promise<InsightTable> {
    const name = `${as.repositoryId} ${as.snapshot} ${as.key}`
    const running = computing.get(name)
    if (running) return running
    const { definition, parameters, repository, snapshot } = asked
    const computed = (async () => {
      const facts = cache.open(`${as.repositoryId} ${as.snapshot}`, () => sources.open(repository, snapshot))
      const table = await compute(definition, { facts, parameters, complete: true })
      cache.trim()
      await remembered.write(as, table)
      return table
    })()
    const settled = computed.finally(() => computing.delete(name))
    computing.set(name, settled)
    return settled
  }

  async function compute(
    definition: InsightDefinition,
    { facts, parameters, complete }: { facts: LoadedFacts; parameters: Record<string, Json>; complete: boolean },
  ): Promise<InsightTable> {
    const { committedAt } = facts.source.snapshot
    const text = parameters["now"]
    const now = typeof text === "string" ? Date.parse(text) / 1000 : (committedAt?.getTime() ?? 0) / 1000
    const table = await definition.compute(new InsightContext({ facts, rules, now, complete }), parameters)
    return roundTable(table)
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
    const table = await compute(definition, { facts: loadFacts(facts), parameters, complete: false })
    const offset = cursor?.offset ?? 0
    const page = pageOf(table, { offset, limit })
    return toInsight({ definition, parameters, snapshot, page, cursor: { snapshot: snapshot.number, key, offset } })
  }

  const reader: InsightReader = {
    descriptions: Object.values(insightDefinitions).map(({ name, title, definition, parameters, values, columns }) => ({
      ...{ name, title, definition, parameters, values, columns },
    })),
    read,
    snapshots: findAll,
    compare: (repository, snapshots) => compareSnapshots(reader, repository, snapshots),
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

function limitOf(limit: InsightQuery["limit"]): number {
  if (limit === "all") return Number.MAX_SAFE_INTEGER
  if (limit === undefined) return defaultLimit
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostLimit) return limit
  const message = `expected a whole number from 1 to ${mostLimit}, or all`
  throw new InvalidInputError("The query", [{ path: ["limit"], message }])
}

function parametersOf(asked: {
  definition: InsightDefinition
  query: InsightQuery
  snapshot: InsightSnapshot
}): Record<string, Json> {
  const { definition, query, snapshot } = asked
  const tipTime = snapshot.committedAt && snapshot.committedAt.getTime() / 1000
  const parameters = parseParameters(
    { name: definition.name, parameters: definition.takes },
    query.parameters ?? {},
    tipTime,
  )
  const { branch } = parameters
  if (typeof branch === "string" && branch !== snapshot.branch) {
    const message = `only ${snapshot.branch} is indexed; follow another branch to have its insights`
    throw new InvalidInputError("The query", [{ path: ["branch"], message }])
  }
  return { ...parameters, branch: snapshot.branch }
}

function keyOf(definition: InsightDefinition, parameters: Record<string, Json>, rules: string): string {
  const canonical = Object.entries(parameters).sort(([left], [right]) => (left < right ? -1 : 1))
  const text = JSON.stringify([definition.name, definition.version, rules, canonical])
  return createHash("sha256").update(text).digest("hex").slice(0, 40)
}

function roundTable({ values, columns, rows, exclusions }: InsightTable): InsightTable {
  return {
    values: roundAll(values) as InsightTable["values"],
    columns,
    rows: rows.map((row) => Object.fromEntries(columns.map((column) => [column, roundAll(row[column])]))),
    exclusions,
  }
}

function pageOf(table: InsightTable, { offset, limit }: { offset: number; limit: number }): InsightPage {
  return { ...table, rows: table.rows.slice(offset, offset + limit), total: table.rows.length }
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
