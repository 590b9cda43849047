import { z } from "zod"
import { PotpieError, withMore } from "../errors.js"
import type { Connection } from "../http/connection.js"
import { makeCall } from "../http/make-call.js"
import { withDefaults } from "../http/with-defaults.js"
import type { CallOptions } from "./call-options.js"
import { checkText } from "./check-input.js"

export interface ConversationInput extends CallOptions {
  projectId: string
  /** Default `codebase_qna_agent`. */
  agentId?: string | undefined
  /** Whether it is kept out of the lists of the web pages. Default `true`. */
  hidden?: boolean | undefined
}

const body = z.object({ conversation_id: z.string().min(1) })

export async function createConversation(
  connection: Connection,
  { projectId, agentId = "codebase_qna_agent", hidden = true, signal, timeouts }: ConversationInput,
): Promise<{ conversationId: string }> {
  checkText(projectId, "projectId")
  checkText(agentId, "agentId")
  const call = {
    method: "POST",
    path: "/api/v2/conversations/",
    query: { hidden },
    body: { project_ids: [projectId], agent_ids: [agentId] },
    harmless: false,
    timeouts: withDefaults(connection.timeouts.calls, timeouts),
    signal,
  }
  try {
    const { conversation_id: conversationId } = await makeCall(connection, call, { schema: body })
    return { conversationId }
  } catch (error) {
    throw explainIds(error)
  }
}

/** No lineage answers 400 or 404 for wrong ids; a real fault looks the same. */
export function explainIds(error: unknown): unknown {
  if (!PotpieError.isInstance(error) || error.code !== "POTPIE_FAILED") return error
  const hint = "The server says 500 for an unknown agent or project, too: compare with agents() and projects()."
  return withMore(error, { hint })
}
