import type { Logger, RepositoryReference } from "@assay/core"
import type { PreparingInsightReader } from "./insight-reader.js"

/** Prepares the default answers of repositories whose snapshot is new, one repository after the other, beside all other work. */
export interface InsightPreparer {
  /** Returns at once. A repository that waits already is prepared once, from the snapshot that it has then. */
  add(repository: RepositoryReference): void
  /** Resolves when nothing is being prepared. */
  idle(): Promise<void>
  /** Ends after the answer at hand. What was not prepared is computed when somebody asks. Nothing more is taken on. */
  stop(): Promise<void>
}

export function createInsightPreparer(options: {
  reader: Pick<PreparingInsightReader, "prepare">
  log?: Logger | undefined
}): InsightPreparer {
  const { reader, log } = options
  const waiting = new Map<string, RepositoryReference>()
  const stopping = new AbortController()
  const { signal } = stopping
  let running: Promise<void> | undefined

  async function run(): Promise<void> {
    for (const [key, repository] of waiting) {
      waiting.delete(key)
      if (signal.aborted) continue
      try {
        await reader.prepare(repository, { signal })
      } catch (error) {
        // It may have been deleted meanwhile, or the database be away: whoever asks is told.
        log?.debug({ err: error, repositoryId: repository.id }, "insights were not prepared")
      }
    }
  }

  return {
    add({ id, tenant }) {
      if (signal.aborted) return
      waiting.set(`${tenant} ${id}`, { id, tenant })
      running ??= run().finally(() => (running = undefined))
    },
    idle: async () => running,
    async stop() {
      stopping.abort()
      await running
    },
  }
}
