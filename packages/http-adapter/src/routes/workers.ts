import { z } from "zod"
import type { App, Services } from "../services.js"
import { toWorkerView, workerSchema } from "../views/worker-view.js"

export function addWorkerRoutes(app: App, services: Services): void {
  app.get(
    "/api/v1/workers",
    {
      schema: { response: { 200: z.object({ data: z.array(workerSchema) }) } },
      config: {
        assay: {
          action: "worker.list",
          tag: "Workers",
          summary: "List the workers that live",
          description:
            "Of all processes, by their ids. One that dies without a word is listed until its time runs out, as its leases are.",
        },
      },
    },
    async () => ({ data: ((await services.workers?.live()) ?? []).map(toWorkerView) }),
  )
}
