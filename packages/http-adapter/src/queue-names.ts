import type { WorkerStatus } from "@assay/core"
import type { Services } from "./services.js"

/** Where analyses wait, whether or not a worker takes them. */
const analysisQueue = "analysis"

/** The queues there are: those that definitions name, that workers listen to, and that are paused. */
export function queueNames(
  { definitions, analyses }: Pick<Services, "definitions" | "analyses">,
  { workers, paused }: { workers: readonly WorkerStatus[]; paused: readonly string[] },
): string[] {
  const names = [
    ...Object.values(definitions).map(({ queue }) => queue),
    ...(analyses?.configured ? [analysisQueue] : []),
    ...workers.flatMap(({ queues }) => queues.map(({ name }) => name)),
    ...paused,
  ]
  return [...new Set(names)].sort()
}
