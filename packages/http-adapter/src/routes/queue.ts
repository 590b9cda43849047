import { z } from "zod"
import { clientOf } from "../services.js"
import type { App, Services } from "../services.js"

export function addQueueRoutes(app: App, services: Services): void {
  app.get(
    "/api/v1/queue/length",
    {
      schema: {
        response: {
          200: z.object({
            queue_length: z.int().describe("Jobs that wait: `queued` and `scheduled` together."),
            queued: z.int(),
            scheduled: z.int().describe("Wait for their time, most of them for their next attempt."),
            running: z.int(),
          }),
        },
      },
      config: {
        assay: {
          action: "queue.read",
          legacy: true,
          tag: "Queue",
          summary: "How many jobs wait",
          description: "Counted in the store, so that it is true also when the queue was lost.",
        },
      },
    },
    async (request) => {
      const { queued, scheduled, running } = await clientOf(request, services).counts()
      return { queue_length: queued + scheduled, queued, scheduled, running }
    },
  )
}
