import { z } from "zod"
import { type ToolCall, toToolCall } from "./tool-call.js"

/** What an agent said, or the next piece of it. */
export interface Answer {
  /**
   * The server's `message`, unchanged. It may hold reasoning between `<think>` and `</think>` (from 1.0.2 on) and begin with a
   * banner about the workspace: `cleanAnswerText` takes both out.
   */
  text: string
  /** Only at L, and from `ask` about a project. Elsewhere reasoning is part of the text. */
  thinking: string | undefined
  /** Empty in every lineage so far. */
  citations: string[]
  /** Several may share one `callId`. Empty from `ask` about a project. */
  toolCalls: ToolCall[]
}

const answerSchema = z.object({
  message: z.string().nullish(),
  thinking: z.string().nullish().catch(null),
  citations: z.array(z.unknown()).nullish().catch(null),
  tool_calls: z.array(z.unknown()).nullish().catch(null),
})

/** A ChatMessageResponse of any lineage, streamed or not. */
export const answerBody = answerSchema.transform((body): Answer => ({
  text: body.message ?? "",
  // Some version wrote Python's None as text.
  thinking: body.thinking && body.thinking !== "None" ? body.thinking : undefined,
  citations: (body.citations ?? []).filter((citation) => typeof citation === "string"),
  toolCalls: (body.tool_calls ?? []).map(toToolCall),
}))

/** Null is what the server says when nothing was produced. */
export const wholeAnswerBody = z.union([answerBody, z.null().transform((): Answer => emptyAnswer())])

export function emptyAnswer(): Answer {
  return { text: "", thinking: undefined, citations: [], toolCalls: [] }
}

/** Texts are appended, citations united, tool calls appended. */
export function addPart(answer: Answer, part: Answer): void {
  answer.text += part.text
  if (part.thinking !== undefined) answer.thinking = (answer.thinking ?? "") + part.thinking
  answer.citations = [...new Set([...answer.citations, ...part.citations])]
  answer.toolCalls.push(...part.toolCalls)
}

/** Objects that only keep the connection alive say nothing. */
export function isSilent(part: Answer): boolean {
  return !part.text && !part.thinking && part.citations.length === 0 && part.toolCalls.length === 0
}
