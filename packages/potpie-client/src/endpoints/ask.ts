import { randomUUID } from "node:crypto"
import { type Answer, wholeAnswerBody } from "../answer/answer.js"
import { checkAnswer } from "../answer/check-answer.js"
import { PotpieError, type PotpieIssue, withMore } from "../errors.js"
import type { Call, Connection } from "../http/connection.js"
import { makeCall } from "../http/make-call.js"
import { path } from "../http/path.js"
import { redactAnswer } from "../http/redact.js"
import { withDefaults } from "../http/with-defaults.js"
import { findJson } from "../json/read-json.js"
import type { StandardIssue, StandardSchema } from "../standard-schema.js"
import type { CallOptions } from "./call-options.js"
import { checkText } from "./check-input.js"
import { explainIds } from "./create-conversation.js"

/** A message in a conversation. */
export interface ConversationMessage extends CallOptions {
  conversationId: string
  /** The question. Not blank; no lineage limits its length. */
  content: string
  /** Names the run, for `stop`. Default a new UUID, which is best: the server renames a run whose name was used before. */
  sessionId?: string | undefined
  /** Ids of files that were uploaded by v1. */
  attachmentIds?: readonly string[] | undefined
  /** The human message that this one follows. */
  previousMessageId?: string | undefined
}

/** One question about a project, in a conversation of its own that cannot be followed up. */
export interface ProjectMessage extends CallOptions {
  projectId: string
  content: string
  /** Default, at the server, `codebase_qna_agent`. */
  agentId?: string | undefined
  /** Parts of the code to look at. They work here only: in a conversation they break the run in every lineage. */
  nodes?: readonly { nodeId: string; name: string }[] | undefined
  /** Default `true`. */
  hidden?: boolean | undefined
}

export type AskInput = ConversationMessage | ProjectMessage

export async function ask(connection: Connection, input: AskInput): Promise<Answer> {
  checkText(input.content, "content")
  const inConversation = "conversationId" in input
  const sessionId = inConversation ? (input.sessionId ?? randomUUID()) : undefined
  const call: Call = {
    ...(inConversation ? messageRequest(input, { stream: false, sessionId: sessionId ?? "" }) : projectRequest(input)),
    harmless: false,
    timeouts: withDefaults(connection.timeouts.answers, input.timeouts),
    signal: input.signal,
  }
  try {
    const answer = await makeCall(connection, call, { schema: wholeAnswerBody })
    return checkAnswer(answer, { status: 200 })
  } catch (error) {
    if (!PotpieError.isInstance(error)) throw error
    const answer = error.answer && redactAnswer(error.answer, connection.redact)
    const told = withMore(error, { sessionId, answer })
    throw inConversation ? told : explainIds(told)
  }
}

/** The answer, and the value in it that fits the schema: the likeliest JSON first, and then what else there is in its text. */
export async function askForValue<T>(
  connection: Connection,
  input: AskInput,
  schema: StandardSchema<T>,
): Promise<Answer & { value: T }> {
  const answer = await ask(connection, input)
  let issues: PotpieIssue[] | undefined
  for (const { value } of findJson(answer.text)) {
    const result = await schema["~standard"].validate(value)
    if (!result.issues) return { ...answer, value: result.value }
    issues ??= result.issues.map(toIssue)
  }
  const shown = redactAnswer(answer, connection.redact)
  const message = issues ? "Potpie's answer does not fit the schema." : "Potpie's answer holds no JSON."
  throw new PotpieError("POTPIE_BAD_OUTPUT", message, {
    raw: shown.text,
    issues: issues?.map((issue) => ({ ...issue, message: connection.redact(issue.message) })),
    answer: shown,
    hint: "Ask for JSON only, and show its shape in the question. To ask again bills again.",
  })
}

function toIssue({ path = [], message }: StandardIssue): PotpieIssue {
  const keys = path.map((part) => (typeof part === "object" ? part.key : part))
  return { path: keys.map((key) => (typeof key === "number" ? key : String(key))), message }
}

/** The query and body of a message in a conversation. */
export function messageRequest(
  input: ConversationMessage,
  { stream, sessionId, cursor }: { stream: boolean; sessionId: string; cursor?: string | undefined },
): Pick<Call, "method" | "path" | "query" | "body"> {
  return {
    method: "POST",
    path: path`/api/v2/conversations/${input.conversationId}/message/`,
    query: { stream, session_id: sessionId, prev_human_message_id: input.previousMessageId, cursor },
    body: { content: input.content, attachment_ids: input.attachmentIds },
  }
}

function projectRequest(input: ProjectMessage): Pick<Call, "method" | "path" | "query" | "body"> {
  return {
    method: "POST",
    path: path`/api/v2/project/${input.projectId}/message/`,
    query: { hidden: input.hidden },
    body: {
      content: input.content,
      agent_id: input.agentId,
      node_ids: input.nodes?.map(({ nodeId, name }) => ({ node_id: nodeId, name })),
    },
  }
}
