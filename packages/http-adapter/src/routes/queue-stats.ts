import { z } from "zod"
import { analysisWorkers } from "../live-workers.js"
import { tenantOf } from "../request-context.js"
import { analysesOf } from "../services.js"
import type { App, Services } from "../services.js"

const statsSchema = z.object({
  waiting: z.int().describe("Not begun, or between two attempts."),
  active: z.int().describe("Being worked on, those that wait for Potpie included."),
  completed: z.int(),
  failed: z.int().describe("Those that were cancelled included."),
  total: z.int().describe("Their sum."),
})

/** The numbers of the older service's one queue: of all analyses whose jobs are still known. */
export function addQueueStatsRoutes(app: App, services: Services): void {
  const analyses = analysesOf(services)

  app.get(
    "/queue/stats",
    {
      schema: {
        response: {
          200: z.object({
            queue_name: z.string(),
            stats: statsSchema,
            worker_status: z.enum(["running", "stopped"]).describe("Whether a live worker takes analyses."),
            max_concurrency: z.int(),
            max_retries: z.int().describe("Attempts in all."),
            timestamp: z.iso.datetime(),
          }),
        },
      },
      config: {
        assay: {
          action: "queue.read",
          legacy: true,
          tag: "Queue",
          summary: "How many analyses wait, run and are done",
          description: "Counted in the store at one moment, so that the parts add up to the total.",
        },
      },
    },
    async (request) => {
      const [{ waiting, active, completed, failed, total }, live] = await Promise.all([
        analyses.statistics(tenantOf(request)),
        analysisWorkers(services),
      ])
      return {
        queue_name: analyses.queueName,
        stats: { waiting, active, completed, failed, total },
        worker_status: live.length > 0 ? ("running" as const) : ("stopped" as const),
        max_concurrency: analyses.maxConcurrency,
        max_retries: analyses.maxAttempts,
        timestamp: new Date().toISOString(),
      }
    },
  )
}
