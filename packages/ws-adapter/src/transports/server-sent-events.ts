import type { ServerResponse } from "node:http"
import { isFinished, isJobId } from "@assay/core"
import type { JobId } from "@assay/core"
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify"
import { mustBeAllowed, refuseKeyInUrl } from "../access.js"
import type { Question } from "../access.js"
import { LiveError, shuttingDown } from "../errors.js"
import type { LiveContext } from "../live-context.js"
import { goodbyeMs, repeatedly } from "../live-context.js"
import type { Message } from "../message.js"
import { complaintOf } from "../problem.js"
import type { Outlet, Receiver } from "../receiver.js"
import { parseTopics } from "../topics.js"
import type { Topics } from "../topics.js"
import { whenClosed } from "../when-closed.js"

/** How long a browser waits before it connects again, in milliseconds. */
const retryMs = 1000

interface SseReceiver extends Receiver {
  write(text: string): void
}

/**
 * `/api/v1/events`, the feed of all jobs, and `/api/v1/jobs/:id/events`. Each `id:` is what `Last-Event-ID` takes: a cursor
 * there, an event's number here.
 */
export function addServerSentEvents(app: FastifyInstance, context: LiveContext): void {
  const { hub } = context
  const open = new Set<SseReceiver>()
  void repeatedly(context, hub.limits.keepAliveMs, () => {
    for (const receiver of open) receiver.write(": still here\n\n")
  })
  hub.closing.addEventListener("abort", () => {
    for (const receiver of open) receiver.cut(shuttingDown())
  })

  app.get("/api/v1/events", async (request, reply) => {
    const tenant = await allowed(request, { action: "job.list" })
    if (request.method === "HEAD") return answerHead(reply)
    const after = positionOf(request)
    const topics = topicsOf(request)
    await listen(request, reply, async (receiver) => {
      const { cursor, leave } = await hub.followFeed({ tenant, after, topics }, receiver)
      return { first: cursor, leave }
    })
  })

  app.get<{ Params: { id: string } }>("/api/v1/jobs/:id/events", async (request, reply) => {
    const id = await found(request, request.params.id)
    const tenant = await allowed(request, { action: "job.read", jobId: id })
    const after = numberOf(positionOf(request))
    const job = await hub.look(id, tenant)
    if (request.method === "HEAD") return answerHead(reply)
    // What tells a browser not to come again.
    if (after !== undefined && after >= job.eventNumber && isFinished(job.state)) return reply.code(204).send()
    await listen(request, reply, async (receiver) => {
      const { position, leave } = await hub.follow({ jobId: id, tenant, after }, receiver)
      return { first: String(position), leave }
    })
  })

  // A page that sends a key in a header asks first whether it may.
  for (const path of ["/api/v1/events", "/api/v1/jobs/:id/events"]) {
    app.options(path, async (request, reply) =>
      reply
        .code(204)
        .headers({ allow: "GET, HEAD, OPTIONS", ...preflightHeaders, ...corsHeaders(request, context.corsOrigins) })
        .send(),
    )
  }

  /** The job of an id. Nobody is asked about another than a job's own before it is known that they may read jobs. */
  async function found(request: FastifyRequest, id: string): Promise<JobId> {
    return isJobId(id) ? id : hub.find(id, await allowed(request, { action: "job.read" }))
  }

  async function allowed(request: FastifyRequest, question: Question): Promise<string> {
    refuseKeyInUrl(request.url)
    return mustBeAllowed(context.authorize, request.raw, question)
  }

  async function listen(
    request: FastifyRequest,
    reply: FastifyReply,
    follow: (receiver: SseReceiver) => Promise<{ first: string; leave: () => void }>,
  ): Promise<void> {
    const disconnect = hub.connect("sse")
    const response = reply.raw
    const receiver = createReceiver(response)
    whenClosed(response, disconnect)
    try {
      const { first, leave } = await follow(receiver)
      reply.hijack()
      response.writeHead(200, { ...headers, ...corsHeaders(request, context.corsOrigins) })
      response.write(`retry: ${retryMs}\nid: ${first}\n\n`)
      receiver.begin()
      open.add(receiver)
      whenClosed(response, () => {
        leave()
        open.delete(receiver)
      })
      // It may have begun to close while this one was let in.
      if (hub.closing.aborted) receiver.cut(shuttingDown())
    } catch (error) {
      disconnect()
      throw error
    }
  }
}

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  // Neither kept nor compressed nor collected by anything in between.
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
  "x-content-type-options": "nosniff",
  connection: "keep-alive",
}

/** Without an allowed origin beside them they allow nothing. */
const preflightHeaders = {
  "access-control-allow-methods": "GET, HEAD, OPTIONS",
  "access-control-allow-headers": "authorization, x-api-key, last-event-id",
  "access-control-max-age": "600",
}

const outlet: Outlet = {
  send(to, message) {
    const text = encode(message)
    for (const receiver of to) (receiver as SseReceiver).write(text)
  },
}

/** JSON has no line breaks, so that one `data:` line holds it. The numbered event has no name: it is EventSource's `message`. */
function encode({ event, data, position }: Message): string {
  const id = position === undefined ? "" : `id: ${position}\n`
  const name = event === "event" ? "" : `event: ${event}\n`
  return `${id}${name}data: ${JSON.stringify(data)}\n\n`
}

/** What it is told before the headers are sent waits for them. */
function createReceiver(response: ServerResponse): SseReceiver & { begin: () => void } {
  let waiting: string[] | undefined = []
  let ending = false
  let endsAtOnce = false
  const write = (text: string): void => {
    if (ending || response.destroyed) return
    if (waiting) waiting.push(text)
    else response.write(text)
  }
  const end = (): void => {
    endsAtOnce = true
    if (ending || waiting) return
    ending = true
    response.end()
    setTimeout(() => response.destroy(), goodbyeMs).unref()
  }
  return {
    outlet,
    onlyEvents: false,
    write,
    waitingBytes: () => response.writableLength,
    begin() {
      const texts = waiting ?? []
      waiting = undefined
      for (const text of texts) write(text)
      if (endsAtOnce) end()
    },
    finished: end,
    cut(reason) {
      write(encode({ event: "goodbye", data: complaintOf(reason) }))
      end()
    },
  }
}

function answerHead(reply: FastifyReply): FastifyReply {
  return reply.headers(headers).send()
}

function corsHeaders(request: FastifyRequest, origins: readonly string[]): Record<string, string> {
  const { origin } = request.headers
  if (origins.includes("*")) return { "access-control-allow-origin": "*" }
  if (origins.length === 0) return {}
  return {
    vary: "Origin",
    ...(origin !== undefined && origins.includes(origin) ? { "access-control-allow-origin": origin } : {}),
  }
}

function positionOf(request: FastifyRequest): string | undefined {
  const given = request.headers["last-event-id"] ?? (request.query as { after?: unknown }).after
  return typeof given === "string" && given !== "" ? given : undefined
}

/** A parameter that is repeated counts as a list. */
function topicsOf(request: FastifyRequest): Topics | undefined {
  const { topics } = request.query as { topics?: string | string[] }
  return parseTopics([topics ?? []].flat().join(","))
}

/** Rejects with `MALFORMED_MESSAGE` what is no number of an event. */
export function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new LiveError("MALFORMED_MESSAGE", "That is not the number of an event.", {
    hint: "Send the id of the last event that you saw, or none.",
  })
}
