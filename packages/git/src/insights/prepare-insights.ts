import { setImmediate } from "node:timers/promises"
import type { InsightSnapshot, Logger, RepositoryReference } from "@assay/core"
import type { InsightAnswers } from "./insight-answers.js"
import { insightDefinitions } from "./insight-definitions.js"
import type { LoadedFacts } from "./loaded-facts.js"

/**
 * Keeps the answers of all insights with default parameters, as far as they are not kept. One that fails is logged, and does not keep
 * the others from being prepared. Ends early when the signal is aborted.
 */
export async function prepareInsights(options: {
  answers: InsightAnswers
  repository: RepositoryReference
  snapshot: InsightSnapshot
  signal?: AbortSignal | undefined
  log?: Logger | undefined
}): Promise<void> {
  const { answers, repository, snapshot, signal, log } = options
  // One and the same for all, also where they are more than may be held.
  let opened: LoadedFacts | undefined
  const facts = (): LoadedFacts => (opened ??= answers.open({ repository, snapshot }))
  // The summary is made of the others.
  const { summary, ...others } = insightDefinitions
  for (const definition of [...Object.values(others), summary]) {
    if (signal?.aborted) break
    try {
      await answers.keep(answers.questionOf({ definition, query: {}, repository, snapshot }), facts)
    } catch (error) {
      log?.warn({ err: error, repositoryId: repository.id, insight: definition.name }, "an insight was not prepared")
    }
    // Whatever else this process does has its turn.
    await setImmediate()
  }
  answers.trim()
}
