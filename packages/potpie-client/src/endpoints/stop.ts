import { z } from "zod"
import type { Connection } from "../http/connection.js"
import { makeCall } from "../http/make-call.js"
import { path } from "../http/path.js"
import { withDefaults } from "../http/with-defaults.js"
import type { CallOptions } from "./call-options.js"

export interface StopInput extends CallOptions {
  conversationId: string
  /** Of the run. Without it the server takes the run whose name sorts last, a finished one included. */
  sessionId?: string | undefined
}

export interface StopResult {
  /** The server's words. They are the same for runs that it does not know. */
  message: string
  /** Whether what there was of the answer is kept at the server. */
  savedPartial: boolean
  messageId: string | undefined
}

const body = z.object({
  message: z.string().catch(""),
  saved_partial: z.boolean().nullish(),
  message_id: z.string().nullish(),
})

export async function stop(
  connection: Connection,
  { conversationId, sessionId, signal, timeouts }: StopInput,
): Promise<StopResult> {
  const call = {
    method: "POST",
    path: path`/api/v2/conversations/${conversationId}/stop`,
    query: { session_id: sessionId },
    // Stopped after it had ended, a run's answer may be kept twice.
    harmless: false,
    timeouts: withDefaults(connection.timeouts.calls, timeouts),
    signal,
  }
  const { message, saved_partial, message_id } = await makeCall(connection, call, { schema: body })
  return { message, savedPartial: saved_partial ?? false, messageId: message_id ?? undefined }
}
