import { z } from "zod"

/** One step of an agent with one of its tools. Any member may be missing. */
export interface ToolCall {
  callId: string | undefined
  /** `call`, `result`, `delegation_call`, `delegation_result`, `tool_call_request_delta`, `error`, or a word to come. */
  event: string | undefined
  toolName: string | undefined
  /** Cut at 10,000 characters by the server, see `isTruncated`. */
  response: string | undefined
  details: Record<string, unknown> | undefined
  streamPart: string | undefined
  isComplete: boolean | undefined
  /** From 1.0.2 on. */
  isTruncated: boolean | undefined
  /** Characters before the cut. From 1.0.2 on. */
  originalLength: number | undefined
  /** The element as it was sent: a JSON string (J, 1.0.2, 1.1.1, S) or an object (L). */
  raw: unknown
}

const optional = <T extends z.ZodType>(type: T) => type.nullish().catch(undefined)
const body = z.object({
  call_id: optional(z.string()),
  event_type: optional(z.string()),
  tool_name: optional(z.string()),
  tool_response: optional(z.string()),
  tool_call_details: optional(z.record(z.string(), z.unknown())),
  stream_part: optional(z.string()),
  is_complete: optional(z.boolean()),
  is_truncated: optional(z.boolean()),
  original_length: optional(z.number()),
})

/** Never throws: what cannot be understood keeps its `raw`. */
export function toToolCall(raw: unknown): ToolCall {
  const parsed = body.safeParse(typeof raw === "string" ? parseOrKeep(raw) : raw)
  const call = parsed.success ? parsed.data : {}
  return {
    callId: call.call_id ?? undefined,
    event: call.event_type ?? undefined,
    toolName: call.tool_name ?? undefined,
    response: call.tool_response ?? undefined,
    details: call.tool_call_details ?? undefined,
    streamPart: call.stream_part ?? undefined,
    isComplete: call.is_complete ?? undefined,
    isTruncated: call.is_truncated ?? undefined,
    originalLength: call.original_length ?? undefined,
    raw,
  }
}

function parseOrKeep(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
