import type { Analyses } from "@assay/core"

/** Where nobody can ask Potpie: what would make something is refused, and what is asked for is empty. */
export const unconfiguredAnalyses: Analyses = {
  configured: false,
  queueName: "potpie-analysis",
  maxConcurrency: 0,
  maxAttempts: 3,
  request: () => Promise.reject(notConfigured()),
  find: async () => undefined,
  list: async () => ({ analyses: [], cursor: undefined }),
  snippets: async () => [],
  queuePosition: async () => undefined,
  statistics: async () => ({ waiting: 0, active: 0, completed: 0, failed: 0, total: 0 }),
  potpie: async () => "unconfigured",
  ask: () => Promise.reject(notConfigured()),
}

/** Of the shape that typed errors of other packages have. */
export function notConfigured(): Error {
  return Object.assign(new Error("This service has no key for Potpie, so it cannot ask anything."), {
    code: "POTPIE_NOT_CONFIGURED",
    retryable: false,
  })
}
