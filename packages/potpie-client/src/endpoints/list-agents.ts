import { z } from "zod"
import type { Connection } from "../http/connection.js"
import { makeCall } from "../http/make-call.js"
import { withDefaults } from "../http/with-defaults.js"
import type { CallOptions } from "./call-options.js"

export interface Agent {
  /** Case counts: `codebase_qna_agent`, `LLD_agent`. */
  agentId: string
  name: string
  description: string
  /** `SYSTEM` for those that are built in, else the state of its deployment, such as `STOPPED`. */
  status: string
  /** `private`, `public` or `shared`; undefined for those that are built in. */
  visibility: string | undefined
}

const body = z.array(
  z.object({
    id: z.string(),
    name: z.string().catch(""),
    description: z.string().catch(""),
    status: z.string().catch(""),
    visibility: z.string().nullish(),
  }),
)

export async function listAgents(connection: Connection, { signal, timeouts }: CallOptions = {}): Promise<Agent[]> {
  const call = {
    method: "GET",
    path: "/api/v2/list-available-agents",
    harmless: true,
    timeouts: withDefaults(connection.timeouts.calls, timeouts),
    signal,
  }
  const agents = await makeCall(connection, call, { schema: body })
  return agents.map(({ id, visibility, ...agent }) => ({ agentId: id, ...agent, visibility: visibility ?? undefined }))
}
