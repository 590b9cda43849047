import type { Client } from "@assay/core"
import { z } from "zod"
import { cancelBody } from "../inputs/bodies.js"
import { queueName } from "../inputs/job-filters.js"
import { HttpError } from "../problem/http-error.js"
import { queueNames } from "../queue-names.js"
import type { RouteConfig } from "../route-config.js"
import { clientOf } from "../services.js"
import type { App, Services } from "../services.js"
import { queueSchema, toQueueView } from "../views/worker-view.js"

const parameters = z.object({ queue: queueName.describe("Its name.") })

type QueueView = z.output<typeof queueSchema>

/** What waits and runs in each queue, and what a person can do about it. */
export function addQueueControlRoutes(app: App, services: Services): void {
  app.get(
    "/api/v1/queues",
    {
      schema: { response: { 200: z.object({ data: z.array(queueSchema) }) } },
      config: { assay: about("queue.read", { summary: "List the queues", description: "By their names." }) },
    },
    async (request) => ({ data: await viewsOf(clientOf(request, services)) }),
  )

  app.get(
    "/api/v1/queues/:queue/stats",
    {
      schema: { params: parameters, response: { 200: queueSchema } },
      config: {
        assay: about("queue.read", { summary: "Get the numbers of a queue", problems: [400, 404] }),
      },
    },
    async (request) => mustGet(clientOf(request, services), request.params.queue),
  )

  app.post(
    "/api/v1/queues/:queue/pause",
    {
      schema: { params: parameters, response: { 200: queueSchema } },
      config: {
        assay: about("queue.pause", {
          summary: "Pause a queue",
          description:
            "None of its jobs is started, by any worker and for any tenant, until it is resumed. Those that run go on.",
          problems: [400, 404],
        }),
      },
    },
    async (request) => {
      const client = clientOf(request, services)
      const { name } = await mustGet(client, request.params.queue)
      await client.pause(name)
      return mustGet(client, name)
    },
  )

  app.post(
    "/api/v1/queues/:queue/resume",
    {
      schema: { params: parameters, response: { 200: queueSchema } },
      config: { assay: about("queue.resume", { summary: "Resume a queue", problems: [400, 404] }) },
    },
    async (request) => {
      const client = clientOf(request, services)
      const { name } = await mustGet(client, request.params.queue)
      await client.resume(name)
      return mustGet(client, name)
    },
  )

  app.post(
    "/api/v1/queues/:queue/drain",
    {
      schema: {
        params: parameters,
        body: cancelBody,
        response: { 200: z.object({ count: z.int(), job_ids: z.array(z.string()) }) },
      },
      config: {
        assay: about("queue.drain", {
          summary: "Cancel what waits in a queue",
          description:
            "Scheduled jobs too, not those that run. They can be run again with `POST /api/v1/jobs/{id}/retry`.",
          problems: [400, 404, 413, 415],
        }),
      },
    },
    async (request) => {
      const client = clientOf(request, services)
      const { name } = await mustGet(client, request.params.queue)
      const jobIds = await client.drain(name, request.body?.reason)
      return { count: jobIds.length, job_ids: jobIds }
    },
  )

  /** Those that definitions name, that workers listen to, that are paused, and `wanted`. */
  async function viewsOf(client: Client, wanted?: string): Promise<QueueView[]> {
    const [workers, paused] = [(await services.workers?.live()) ?? [], (await services.paused?.()) ?? []]
    const known = queueNames(services, { workers, paused })
    const names = wanted === undefined ? known : [wanted]
    const views = await Promise.all(
      names.map(async (name) => {
        const counts = await client.counts({ queue: name })
        const exists = known.includes(name) || Object.values(counts).some((count) => count > 0)
        return exists ? toQueueView({ name, paused: paused.includes(name), counts, workers }, app.prefix) : undefined
      }),
    )
    return views.filter((view) => view !== undefined)
  }

  async function mustGet(client: Client, name: string): Promise<QueueView> {
    const [view] = await viewsOf(client, name)
    if (!view) throw new HttpError("QUEUE_NOT_FOUND", `There is no queue ${name}.`)
    return view
  }
}

function about(action: RouteConfig["action"], rest: Omit<RouteConfig, "action" | "tag">): RouteConfig {
  return { action, tag: "Queues", ...rest }
}
