import { randomUUID } from "node:crypto"
import type { FakeTraits } from "./fake-lineage.js"

/** How the next run of an agent goes, and how the connection that waits for it fares. */
export interface FakeAnswer {
  /** Pieces are streamed one by one. Default: a made-up sentence. */
  text?: string | readonly string[] | undefined
  /** Reasoning, inlined as `<think>…</think>` from 1.0.2 on. */
  thought?: string | undefined
  /** What is in `thinking`, where a lineage has a text there. */
  thinking?: string | undefined
  /** Begins with the banner about the workspace. */
  banner?: boolean | undefined
  toolCalls?: readonly FakeToolCall[] | undefined
  citations?: readonly string[] | undefined
  /** Milliseconds before the first piece, and between two. */
  delayMs?: number | undefined
  gapMs?: number | undefined
  /** The run ends with this exception, after its text: silently if streamed, as 500 otherwise. */
  fails?: string | undefined
  /** The run expired or never started: no text, and no answer at all (`null`) about a project. */
  nothing?: boolean | undefined
  /** How many pieces the server published before it attached the stream: lost, but at L. All of them: silence. */
  lostPieces?: number | undefined
  /** Bytes per write. Default: an object per write. */
  chunkBytes?: number | undefined
  /** The connection breaks after so many bytes of the body. The run goes on. */
  cutAfterBytes?: number | undefined
  /** The body ends properly, but too early, after so many bytes. */
  endAfterBytes?: number | undefined
  /** Nothing more comes: no headers, or nothing after the first piece. */
  hang?: "headers" | "body" | undefined
}

export interface FakeToolCall {
  callId?: string | undefined
  event?: string | undefined
  toolName?: string | undefined
  response?: string | undefined
  details?: Readonly<Record<string, unknown>> | undefined
}

/** A ChatMessageResponse, as it is on the wire. */
export interface WireAnswer {
  message: string
  citations: readonly string[]
  tool_calls: readonly unknown[]
  thinking?: string | null
}

const banner = "⏳ Setting up repository workspace, please wait..."
const marker = "[[SUBAGENT_ERROR]]"

/** The objects of a stream; together they are the answer that is not streamed. */
export function toPieces(answer: FakeAnswer, content: string, traits: FakeTraits): WireAnswer[] {
  if (answer.nothing) return []
  const text = answer.text ?? ["A made-up answer to: ", content]
  const pieces: Partial<WireAnswer>[] = [
    ...(answer.banner ? [{ message: banner }] : []),
    ...(answer.thought !== undefined && traits.inlinesThoughts
      ? [{ message: `<think>${answer.thought}</think>` }]
      : []),
    ...(answer.thinking !== undefined && traits.thinking === "text" ? [{ thinking: answer.thinking }] : []),
    ...(answer.toolCalls ?? []).map((call) => ({ tool_calls: [toWireToolCall(call, traits)] })),
    ...(answer.citations ? [{ citations: answer.citations }] : []),
    ...(typeof text === "string" ? [text] : text).map((message) => ({ message })),
  ]
  return pieces.map((piece) => toWireAnswer(piece, traits))
}

export function toWireAnswer(piece: Partial<WireAnswer>, traits: FakeTraits): WireAnswer {
  const { message = "", citations = [], tool_calls = [], thinking = null } = piece
  return { message, citations, tool_calls, ...(traits.thinking !== "absent" && { thinking }) }
}

export function joinPieces(pieces: readonly WireAnswer[], traits: FakeTraits): WireAnswer {
  const thoughts = pieces.map(({ thinking }) => thinking ?? "").join("")
  const joined = {
    message: pieces.map(({ message }) => message).join(""),
    citations: [...new Set(pieces.flatMap(({ citations }) => citations))],
    tool_calls: pieces.flatMap(({ tool_calls }) => tool_calls),
    thinking: thoughts === "" ? null : thoughts,
  }
  return toWireAnswer(joined, traits)
}

/** S replaces what looks like a failure, whole, in objects of a stream and in answers. */
export function sanitizeAnswer(answer: WireAnswer, traits: FakeTraits): WireAnswer {
  if (traits.errors === "classic" || !answer.message.includes(marker)) return answer
  return { ...answer, message: `${marker}\nThe operation could not be completed.` }
}

function toWireToolCall(call: FakeToolCall, traits: FakeTraits): unknown {
  const wire = {
    call_id: call.callId ?? randomUUID(),
    event_type: call.event ?? "call",
    tool_name: call.toolName ?? "search_text",
    tool_response: call.response ?? "",
    tool_call_details: call.details ?? {},
    stream_part: null,
    is_complete: true,
    // Both came with 1.0.2, as the key `thinking` did.
    ...(traits.thinking !== "absent" && { is_truncated: false, original_length: null }),
  }
  return traits.toolCalls === "object" ? wire : JSON.stringify(wire)
}
