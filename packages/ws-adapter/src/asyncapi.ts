import { z } from "zod"
import { joinOptionsSchema, serverEventSchemas } from "./event-map.js"

/** The typed event map as an AsyncAPI 3 document. */
export function describeEvents({ version, prefix }: { version: string; prefix: string }) {
  const names = Object.keys(serverEventSchemas) as (keyof typeof serverEventSchemas)[]
  const messages = Object.fromEntries(
    names.map((name) => {
      const { $schema: _dialect, ...payload } = z.toJSONSchema(serverEventSchemas[name])
      return [name, { name, summary: serverEventSchemas[name].description ?? "", payload }]
    }),
  )
  const { $schema: _dialect, ...joinOptions } = z.toJSONSchema(joinOptionsSchema, { io: "input" })
  const inChannel = (channel: string): object => ({
    messages: names.map((name) => ({ $ref: `#/channels/${channel}/messages/${name}` })),
  })
  const said = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]))
  const id = { id: { description: "Of the job." } }
  return {
    asyncapi: "3.0.0",
    info: { title: "Assay live events", version },
    defaultContentType: "application/json",
    channels: {
      socketIo: {
        address: `${prefix}/socket.io/`,
        description: "Socket.IO. Each message is an event of that name.",
        messages: { ...said, join_project: { $ref: "#/components/messages/join_project" } },
      },
      webSocket: {
        address: `${prefix}/ws/{id}`,
        description:
          'A plain WebSocket. Each message is a text {"event": name, "data": payload}. `?after=` goes on after a seq.',
        parameters: id,
        messages: said,
      },
      jobEvents: {
        address: `${prefix}/api/v1/jobs/{id}/events`,
        description: "Server-Sent Events of one job. `event` has no name there; the `id` of each is its seq.",
        parameters: id,
        messages: said,
      },
      events: {
        address: `${prefix}/api/v1/events`,
        description: "Server-Sent Events of all jobs. The `id` of each is a cursor.",
        messages: { event: said.event, goodbye: said.goodbye },
      },
    },
    operations: {
      hearSocketIo: { action: "send", channel: { $ref: "#/channels/socketIo" }, ...inChannel("socketIo") },
      joinProject: {
        action: "receive",
        channel: { $ref: "#/channels/socketIo" },
        messages: [{ $ref: "#/channels/socketIo/messages/join_project" }],
      },
      hearWebSocket: { action: "send", channel: { $ref: "#/channels/webSocket" }, ...inChannel("webSocket") },
      hearJobEvents: { action: "send", channel: { $ref: "#/channels/jobEvents" }, ...inChannel("jobEvents") },
      hearEvents: {
        action: "send",
        channel: { $ref: "#/channels/events" },
        messages: ["event", "goodbye"].map((name) => ({ $ref: `#/channels/events/messages/${name}` })),
      },
    },
    components: {
      messages: {
        ...messages,
        join_project: {
          name: "join_project",
          summary: "Joins a project: its id, then, if wanted, how. An acknowledgement is answered with the outcome.",
          payload: { type: "array", prefixItems: [{ type: "string" }, joinOptions], minItems: 1 },
        },
      },
    },
  }
}
