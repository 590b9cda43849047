import { createAnalyses, createAnalysisHandler, createPotpie, defineAnalyzeRepository } from "@assay/analysis"
import type { AnalysesOptions } from "@assay/analysis"
import type {
  Analyses,
  Database,
  JobReader,
  JobStore,
  Logger,
  RepositorySource,
  RepositoryStore,
  Worker,
} from "@assay/core"
import type { AssayOptions } from "./assay-options.js"

export interface AnalysisDeskOptions
  extends
    Pick<AnalysesOptions, "client" | "parseRepositoryUrl" | "started" | "sweep">,
    Pick<AssayOptions, "potpie" | "maxAnalyses" | "attempts"> {
  database: Database
  store: JobStore & JobReader
  repositories: RepositoryStore
  source: RepositorySource
  queueName: string
  logger: Logger | undefined
}

/** What makes and what shows analyses, from one key and one definition. */
export interface AnalysisDesk {
  readonly analyses: Analyses
  /**
   * Lets a worker answer questions. One without a key takes none: they wait for a worker that has it, instead of failing with
   * this one.
   */
  register(worker: Pick<Worker, "handle">): void
}

const defaultMaxAnalyses = 5
const defaultAttempts = 3

export function createAnalysisDesk(options: AnalysisDeskOptions): AnalysisDesk {
  const { database, store, repositories, source, logger } = options
  const { maxAnalyses = defaultMaxAnalyses, attempts = defaultAttempts } = options
  const { agentId, onUncertain, forwardToken, parseTimeoutMs, ...connection } = options.potpie ?? {}
  const potpie = createPotpie({ ...connection, logger })
  const definition = defineAnalyzeRepository({ maxConcurrency: maxAnalyses, attempts })
  return {
    analyses: createAnalyses({
      ...{ database, store, repositories, definition, potpie, agentId },
      reader: store,
      client: options.client,
      parseRepositoryUrl: options.parseRepositoryUrl,
      queueName: options.queueName,
      maxConcurrency: maxAnalyses,
      maxAttempts: attempts,
      ...(options.started ? { started: options.started } : {}),
      ...(options.sweep ? { sweep: options.sweep } : {}),
    }),
    register(worker) {
      if (!potpie) return
      const handler = createAnalysisHandler({
        ...{ potpie, database, repositories, source, agentId },
        jobs: store,
        ...(onUncertain === undefined ? {} : { onUncertain }),
        ...(forwardToken === undefined ? {} : { forwardToken }),
        ...(parseTimeoutMs === undefined ? {} : { parseTimeout: parseTimeoutMs }),
      })
      worker.handle(definition, handler)
    },
  }
}
