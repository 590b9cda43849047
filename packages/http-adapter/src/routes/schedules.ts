import type { Client, Duration, Schedule } from "@assay/core"
import type { FastifyRequest } from "fastify"
import { z } from "zod"
import { jobFilters } from "../inputs/job-filters.js"
import { HttpError } from "../problem/http-error.js"
import { tenantOf } from "../request-context.js"
import type { RouteConfig } from "../route-config.js"
import { clientOf, mustGetRepository } from "../services.js"
import type { App, Services } from "../services.js"
import { schedulePath, scheduleSchema, toScheduleView } from "../views/schedule-view.js"

const scheduleId = z
  .string()
  .regex(/^[A-Za-z0-9._:-]{1,100}$/, "must be 1 to 100 letters, digits, dots, underscores, colons or hyphens")

const parameters = z.object({ schedule_id: scheduleId.describe("Of the schedule.") })

const text = (about: string) =>
  z.string().min(1, "must not be empty").max(200, "is too long").optional().describe(about)

const members = {
  type: z.enum(["repository.update", "repository.index"]).describe("The jobs it makes."),
  repository_id: z.int("must be a whole number").min(1, "must be 1 or more"),
  every: text("An interval: `90s`, `15m`, `1h`, `7d`. A second at least."),
  cron: text("Five fields (minute, hour, day of month, month, day of week), or six with seconds first."),
  timezone: text("An IANA name that `cron` is meant in: `Europe/Berlin`. Default: UTC."),
  priority: z.int("must be a whole number").optional().describe("Of the jobs. Higher first; default 0."),
}

const changeBody = z.strictObject(members).check(hasOneRecurrence)
const newBody = z
  .strictObject({ id: scheduleId.optional().describe("Default: a new one."), ...members })
  .check(hasOneRecurrence)

/** Jobs on repositories, again and again. */
export function addScheduleRoutes(app: App, services: Services): void {
  app.post(
    "/api/v1/schedules",
    {
      schema: { body: newBody, response: { 201: scheduleSchema } },
      config: {
        assay: about("schedule.create", {
          summary: "Add a schedule",
          description:
            "One of `every` and `cron`. It makes its first job one interval from now, or at the next moment.",
          problems: [400, 404, 409, 413, 415],
          responseHeaders: { Location: "Path of the schedule." },
        }),
      },
    },
    async (request, reply) => {
      const { id } = request.body
      if (id !== undefined && (await clientOf(request, services).schedules.get(id))) {
        throw new HttpError("SCHEDULE_EXISTS", `There is a schedule ${id} already.`)
      }
      const schedule = await put(request, request.body)
      return reply
        .code(201)
        .header("location", schedulePath(schedule.id, app.prefix))
        .send(toScheduleView(schedule, app.prefix))
    },
  )

  app.get(
    "/api/v1/schedules",
    {
      schema: {
        querystring: z.object({ repository_id: jobFilters.repository_id.describe("Only those of this repository.") }),
        response: { 200: z.object({ data: z.array(scheduleSchema) }) },
      },
      config: {
        assay: about("schedule.list", { summary: "List schedules", description: "By their ids.", problems: [400] }),
      },
    },
    async (request) => {
      const { repository_id: repositoryId } = request.query
      const schedules = await clientOf(request, services).schedules.list(
        repositoryId === undefined ? {} : { repositoryId },
      )
      return { data: schedules.map((schedule) => toScheduleView(schedule, app.prefix)) }
    },
  )

  app.get(
    "/api/v1/schedules/:schedule_id",
    {
      schema: { params: parameters, response: { 200: scheduleSchema } },
      config: { assay: about("schedule.read", { summary: "Get a schedule", problems: [400, 404] }) },
    },
    async (request) => {
      const { schedule_id: id } = request.params
      return toScheduleView(await mustGet(clientOf(request, services), id), app.prefix)
    },
  )

  app.put(
    "/api/v1/schedules/:schedule_id",
    {
      schema: { params: parameters, body: changeBody, response: { 200: scheduleSchema } },
      config: {
        assay: about("schedule.change", {
          summary: "Change a schedule",
          description: "The whole of it. The next moment stays where the recurrence does.",
          problems: [400, 404, 413, 415],
        }),
      },
    },
    async (request) => {
      const { schedule_id: id } = request.params
      await mustGet(clientOf(request, services), id)
      return toScheduleView(await put(request, { ...request.body, id }), app.prefix)
    },
  )

  app.delete(
    "/api/v1/schedules/:schedule_id",
    {
      schema: { params: parameters, response: { 204: z.undefined() } },
      config: {
        assay: about("schedule.delete", {
          summary: "Remove a schedule",
          description: "Jobs that it made are left alone.",
          problems: [400, 404],
        }),
      },
    },
    async (request, reply) => {
      const { schedule_id: id } = request.params
      if (!(await clientOf(request, services).schedules.remove(id))) throw notFound(id)
      return reply.code(204).send(undefined)
    },
  )

  async function put(request: FastifyRequest, body: z.output<typeof newBody>): Promise<Schedule> {
    const { id, type, repository_id: repositoryId, every, cron, timezone, priority } = body
    await mustGetRepository(services, repositoryId, tenantOf(request))
    const { index, update } = services.definitions
    const recurrence =
      every !== undefined
        ? { every: every as Duration }
        : { cron: cron ?? "", ...(timezone === undefined ? {} : { timezone }) }
    return clientOf(request, services).schedules.put(
      type === "repository.index" ? index : update,
      { repositoryId },
      { ...recurrence, ...(id === undefined ? {} : { id }), ...(priority === undefined ? {} : { priority }) },
    )
  }
}

async function mustGet({ schedules }: Client, id: string): Promise<Schedule> {
  const schedule = await schedules.get(id)
  if (!schedule) throw notFound(id)
  return schedule
}

function notFound(id: string): HttpError {
  return new HttpError("SCHEDULE_NOT_FOUND", `There is no schedule ${id}.`)
}

function hasOneRecurrence({
  value,
  issues,
}: z.core.ParsePayload<{ every?: unknown; cron?: unknown; timezone?: unknown }>) {
  const { every, cron, timezone } = value
  const fault = (member: string, message: string): void => {
    issues.push({ code: "custom", path: [member], message, input: value })
  }
  if (every === undefined && cron === undefined) fault("every", "or cron is required")
  if (every !== undefined && cron !== undefined) fault("cron", "cannot be combined with every")
  if (timezone !== undefined && cron === undefined) fault("timezone", "is for cron only")
}

function about(action: RouteConfig["action"], rest: Omit<RouteConfig, "action" | "tag">): RouteConfig {
  return { action, tag: "Schedules", ...rest }
}
