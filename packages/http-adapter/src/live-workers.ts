import type { WorkerQueue } from "@assay/core"
import type { Services } from "./services.js"

/** The queues from which live workers take analyses: one per worker. */
export async function analysisWorkers({ workers }: Pick<Services, "workers">): Promise<WorkerQueue[]> {
  const live = (await workers?.live()) ?? []
  return live
    .filter(({ stopping }) => !stopping)
    .flatMap(({ queues }) => queues.filter(({ types }) => types.includes("repository.analyze")))
}
