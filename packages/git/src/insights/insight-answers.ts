import type { InsightQuery, InsightSnapshot, Json, RepositoryReference } from "@assay/core"
import type { SnapshotFacts } from "../facts/snapshot-facts.js"
import { pageOf } from "./answer-table.js"
import type { AnswerTable, InsightPage } from "./answer-table.js"
import { computeInsight } from "./compute-insight.js"
import { createFactsCache } from "./facts-cache.js"
import type { AskInsight } from "./insight-context.js"
import type { InsightDefinition } from "./insight-definition.js"
import { defaultLimit, keyOf, parametersOf } from "./insight-question.js"
import type { InsightRules } from "./insight-rules.js"
import type { LoadedFacts } from "./loaded-facts.js"
import type { RememberedAs, RememberedInsights } from "./remembered-insights.js"

/** One question about one snapshot, and where its answer is kept. */
export interface InsightQuestion {
  readonly definition: InsightDefinition
  readonly parameters: Record<string, Json>
  readonly repository: RepositoryReference
  readonly snapshot: InsightSnapshot
  readonly as: RememberedAs
}

/** Answers from what is kept, from what is being computed, or from facts; what was computed is kept. */
export interface InsightAnswers {
  /** Throws `INVALID_INPUT` for what cannot be read. */
  questionOf(asked: {
    definition: InsightDefinition
    query: InsightQuery
    repository: RepositoryReference
    snapshot: InsightSnapshot
  }): InsightQuestion
  answer(question: InsightQuestion, page: { offset: number; limit: number }): Promise<InsightPage>
  /** The facts of a snapshot, as they are held. */
  open(of: Pick<InsightQuestion, "repository" | "snapshot">): LoadedFacts
  /** Computes and keeps an answer from these facts, unless it is kept. They are held until `trim` is called. */
  keep(question: InsightQuestion, facts: () => LoadedFacts): Promise<void>
  /** Lets go of facts that are too many. */
  trim(): void
}

/** An answer that is being computed. `kept` settles when it can be read again, or could not be kept; it never rejects. */
interface Computation {
  readonly table: Promise<AnswerTable>
  readonly kept: Promise<void>
}

export function createInsightAnswers(options: {
  rules: InsightRules
  remembered: RememberedInsights
  open(repository: RepositoryReference, snapshot: InsightSnapshot): SnapshotFacts
  cacheBytes: number
}): InsightAnswers {
  const { rules, remembered } = options
  const cache = createFactsCache(options.cacheBytes)
  const computing = new Map<string, Computation>()

  function toQuestion(asked: Omit<InsightQuestion, "as">): InsightQuestion {
    const { definition, parameters, repository, snapshot } = asked
    const key = keyOf(definition, parameters, rules.digest)
    const as = { tenant: repository.tenant, repositoryId: repository.id, snapshot: snapshot.number, key }
    return { ...asked, as }
  }

  const questionOf: InsightAnswers["questionOf"] = ({ definition, query, repository, snapshot }) =>
    toQuestion({ definition, parameters: parametersOf({ definition, query, snapshot }), repository, snapshot })

  /** Whoever asks the same at the same time waits for the same answer. */
  function computeOnce(question: InsightQuestion, facts: LoadedFacts): Computation {
    const { definition, parameters, as } = question
    const name = `${as.repositoryId} ${as.snapshot} ${as.key}`
    const running = computing.get(name)
    if (running) return running
    const { ask, settled } = askOthers(question, facts)
    const table = computeInsight(definition, { rules, facts, parameters, complete: true, ask }).finally(settled)
    const kept = table
      .then(
        (answer) => remembered.write(as, answer),
        () => undefined,
      )
      .finally(() => computing.delete(name))
    const computation = { table, kept }
    computing.set(name, computation)
    return computation
  }

  /** `settled` waits until whatever was asked for is computed and kept, or has failed. */
  function askOthers(
    { repository, snapshot }: InsightQuestion,
    facts: LoadedFacts,
  ): { ask: AskInsight; settled: () => Promise<void> } {
    const under = new Set<Promise<unknown>>()
    const page = { offset: 0, limit: defaultLimit }
    const answer = async (question: InsightQuestion): Promise<InsightPage> => {
      const known = await remembered.read(question.as, page)
      if (known) return known
      const { table, kept } = computeOnce(question, facts)
      under.add(kept)
      return pageOf(await table, page)
    }
    return {
      ask(definition, given) {
        const defaults = parametersOf({ definition, query: {}, snapshot })
        const asked = answer(toQuestion({ definition, parameters: { ...defaults, ...given }, repository, snapshot }))
        under.add(asked)
        return asked
      },
      async settled() {
        for (const each of under) await each.catch(() => undefined)
      },
    }
  }

  const open: InsightAnswers["open"] = ({ repository, snapshot }) =>
    cache.open(`${repository.id} ${snapshot.number}`, () => options.open(repository, snapshot))

  return {
    questionOf,
    open,
    trim: () => cache.trim(),
    async answer(question, page) {
      const known = await remembered.read(question.as, page)
      if (known) return known
      const { table, kept } = computeOnce(question, open(question))
      const answer = await table
      cache.trim()
      await kept
      return pageOf(answer, page)
    },
    async keep(question, facts) {
      if (await remembered.read(question.as, { offset: 0, limit: 0 })) return
      const { table, kept } = computeOnce(question, facts())
      await table
      await kept
    },
  }
}
