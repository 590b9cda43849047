import { AssayError, isFinished, isJobId } from "@assay/core"
import type { Analyses, Client, Database, JobDefinition, JobReader, JobStore, RepositoryStore } from "@assay/core"
import type { PotpieClient } from "@assay/potpie-client"
import { AnalysisError } from "../errors.js"
import { analysisState } from "../jobs/analysis-state.js"
import type { AnalysisInput, AnalysisResult } from "../jobs/definitions.js"
import { findAnalysis, findByProject, listAnalyses } from "../rows/analysis-rows.js"
import type { AnalysisRow } from "../rows/analysis-rows.js"
import { listSnippets } from "../rows/snippet-rows.js"
import { askNow } from "./analysis-questions.js"
import { createPotpieHealth } from "./potpie-health.js"
import { requestAnalysis } from "./request-analysis.js"
import { toAnalysis, toUnbegunAnalysis } from "./to-analysis.js"

/** What is asked of a reader of jobs. */
export type AnalysisJobReader = Pick<JobReader, "get" | "counts" | "ahead">

/** What the parser of URLs makes of what was typed. */
export interface ParsedRepository {
  readonly url: string
  readonly key: string
  /** `owner/repo`. */
  readonly name: string
  readonly trusted?: boolean
}

export interface AnalysesOptions {
  /** That of the job store, migrated with `analysisMigrations`. */
  database: Pick<Database, "query">
  /** Of any tenant: analyses are asked for, and read, as the tenant that is named. */
  client: Client
  store: Pick<JobStore, "transaction">
  reader: AnalysisJobReader
  repositories: Pick<RepositoryStore, "create" | "findByKey">
  /** Throws for what is no repository, or none that may be fetched. */
  parseRepositoryUrl: (text: string) => ParsedRepository
  /** From `defineAnalyzeRepository`, the one that the workers handle. */
  definition: JobDefinition<AnalysisInput, AnalysisResult>
  /** From `createPotpie`. `undefined`: there is no key, and nothing can be asked. */
  potpie?: PotpieClient | undefined
  /** `CUSTOM_AGENT_ID`. */
  agentId?: string | undefined
  /** What people call the queue. */
  queueName: string
  maxConcurrency: number
  maxAttempts: number
  /** Resolves when work is taken up. */
  started?: () => Promise<void>
  /** Rings for jobs that became visible with a transaction. */
  sweep?: () => Promise<unknown>
  /** For how long Potpie is taken to be as it was found, in milliseconds. Default 60,000. */
  potpieCheckMs?: number
}

/** Where questions are asked and answers are read: the half that an API process needs. */
export function createAnalyses(options: AnalysesOptions): Analyses {
  const { database, reader, definition, queueName, maxConcurrency, maxAttempts } = options
  const potpie = options.potpie
  const types = [definition.type]

  const withJob = async (row: AnalysisRow) => toAnalysis(row, row.answered ? undefined : await reader.get(row.id))

  function configured(): PotpieClient {
    if (!potpie) throw new AnalysisError("POTPIE_NOT_CONFIGURED", "There is no key for Potpie here.")
    return potpie
  }

  return {
    configured: potpie !== undefined,
    ...{ queueName, maxConcurrency, maxAttempts },

    async request(request, requestOptions) {
      configured()
      return requestAnalysis(options, request, requestOptions)
    },

    async find(id, tenant) {
      const row = isJobId(id) ? await findAnalysis(database, id, tenant) : await findByProject(database, id, tenant)
      if (row) return withJob(row)
      const job = isJobId(id) ? await reader.get(id) : undefined
      // A finished job without a row has lost it together with its repository.
      const isUnbegun = job?.tenant === tenant && job.type === definition.type && !isFinished(job.state)
      return isUnbegun ? toUnbegunAnalysis(job) : undefined
    },

    async list({ tenant, repositoryId, limit = 20, cursor }) {
      if (cursor !== undefined && !isJobId(cursor))
        throw new AssayError("INVALID_INPUT", "That cursor is not one of ours.")
      if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
        throw new AssayError("INVALID_INPUT", "limit must be a whole number from 1 to 100.")
      }
      const rows = await listAnalyses(database, { tenant, repositoryId, before: cursor, limit: limit + 1 })
      const analyses = await Promise.all(rows.slice(0, limit).map(withJob))
      return { analyses, cursor: rows.length > limit ? analyses.at(-1)?.id : undefined }
    },

    snippets: (id, tenant) => listSnippets(database, id, tenant),

    async queuePosition(id) {
      const job = await reader.get(id)
      // One that waits for Potpie is queued for a moment before each look, and has begun all the same.
      if (!job || analysisState(job) !== "queued") return undefined
      const ahead = await reader.ahead(id)
      return ahead === undefined ? undefined : ahead + 1
    },

    async statistics(tenant) {
      const { scheduled, queued, running, succeeded, failed, cancelled, begun } = await reader.counts({ tenant, types })
      const parts = {
        waiting: scheduled + queued - begun,
        active: running + begun,
        completed: succeeded,
        failed: failed + cancelled,
      }
      return { ...parts, total: parts.waiting + parts.active + parts.completed + parts.failed }
    },

    potpie: createPotpieHealth({
      potpie,
      keepMs: options.potpieCheckMs ?? 60_000,
      now: () => performance.now(),
    }),

    async ask(question, { signal } = {}) {
      return askNow(configured(), question, { agentId: options.agentId || undefined, signal })
    },
  }
}
