import { z } from "zod"
import { liveErrors } from "../../src/errors.js"
import type { LiveErrorCode } from "../../src/errors.js"
import { serverEventSchemas } from "../../src/event-map.js"

interface Schema {
  description?: string
  type?: string
  const?: unknown
  enum?: unknown[]
  anyOf?: Schema[]
  properties?: Record<string, Schema>
  required?: string[]
}

const introduction = `# Live events: reference

Made from the schemas of \`@assay/ws-adapter\` (\`npx pnpm --filter @assay/ws-adapter documents\`); a service shows the same as
AsyncAPI 3 at \`/asyncapi.json\`, and TypeScript as \`ServerToClientEvents\` and \`ClientToServerEvents\`. How to use them:
[live events](../concepts/live-events.md). What each type of \`event\` means: [events](../concepts/events.md).

New members and new types of \`event\` may be added at any time; a program passes over what it does not know.

| where                            | a message is                                                             | to go on after the last one seen  |
| -------------------------------- | ------------------------------------------------------------------------ | --------------------------------- |
| Socket.IO, at \`/socket.io/\`      | an event of that name                                                    | \`join_project(id, { after: seq })\` |
| WebSocket, at \`/ws/{id}\`         | a text, \`{"event": name, "data": payload}\`                               | \`?after=seq\`                      |
| SSE, at \`/api/v1/jobs/{id}/events\` | an event of that name; \`event\` itself has none, and has the \`seq\` as \`id\` | \`Last-Event-ID\`, or \`?after=seq\`  |
| SSE, at \`/api/v1/events\`         | \`event\` and \`goodbye\` only, with a cursor as \`id\`                        | \`Last-Event-ID\`, or \`?after=cursor\` |

An id is that of a job or, of an analysis, that of Potpie's project. \`?topics=job:job_01K9…,repo:7\` on the last one leaves the events of
those jobs, and of all jobs of those repositories: at most 100 topics.
`

const fromListener = `## What a listener says

Over Socket.IO:

- \`join_project(projectId, options?, acknowledge?)\`. \`options\` may have \`after\`, the last \`seq\` that was
  seen, and \`only: "event"\`, for nothing but the numbered events. The acknowledgement is
  \`{ ok: true, project_id, state, seq }\`, or \`{ ok: false, code, message, hint }\`; a refusal is said as \`join_error\` too.
- \`leave_project(projectId)\`.

Over a WebSocket, if it has no key in a header: \`{"event": "authenticate", "data": {"api_key": "…"}}\` as the first message, within
five seconds.
`

/** docs/reference/events.md, as it has to be. */
export function renderEventReference(): string {
  const sections = Object.entries(serverEventSchemas).map(([name, schema]) => {
    const { description = "", properties = {}, required = [] } = z.toJSONSchema(schema) as Schema
    const rows = Object.entries(properties).map(([member, about]) => {
      const optional = required.includes(member) ? "" : " (not always)"
      return `| \`${member}\` | ${typeOf(about)} | ${[about.description ?? "", optional.trim()].filter(Boolean).join(" ")} |`
    })
    return `### \`${name}\`\n\n${description}\n\n| member | type | what it is |\n| --- | --- | --- |\n${rows.join("\n")}\n`
  })
  const codes = (Object.keys(liveErrors) as LiveErrorCode[]).map((code) => {
    const { status, title, closeCode } = liveErrors[code]
    return `| \`${code}\` | ${title} | ${status} | ${closeCode} |`
  })
  return [
    introduction,
    "## What the service says\n",
    ...sections,
    fromListener,
    "## Why somebody is refused, or cut off\n",
    "A WebSocket also closes with 1000 (`finished`) when the job is done and everything was said, with 1009 when a message was too\nlarge, and without a code when it does not answer pings.\n",
    `| code | what | over HTTP | WebSocket closes with |\n| --- | --- | --- | --- |\n${codes.join("\n")}\n`,
  ].join("\n")
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(", ")
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ")
  if (schema.properties)
    return `object of ${Object.keys(schema.properties)
      .map((name) => `\`${name}\``)
      .join(", ")}`
  return schema.type ?? "anything"
}
