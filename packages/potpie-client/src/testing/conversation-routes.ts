import { randomUUID } from "node:crypto"
import { builtInAgents } from "./agents-route.js"
import { type FakeAnswer, joinPieces, sanitizeAnswer, toPieces, toWireAnswer, type WireAnswer } from "./fake-answer.js"
import type { FakeReply } from "./fake-reply.js"
import { type FakeConversation, type FakeRun, type FakeState, newId } from "./fake-state.js"
import { HttpFailure } from "./http-failure.js"
import { followRun, startRun } from "./perform-run.js"
import { validateBody, validateFlag } from "./validate-request.js"

/** POST /conversations/ */
export function createConversationRoute(state: FakeState, input: unknown, query: URLSearchParams): FakeReply {
  const body = validateBody(input, { project_ids: "strings", agent_ids: "strings" })
  const hidden = validateFlag(query, "hidden", true)
  checkCredits(state)
  const conversation = addConversation(state, {
    projectId: (body.project_ids as string[])[0],
    agentId: (body.agent_ids as string[])[0],
    hidden,
  })
  return { json: { message: "Conversation created successfully.", conversation_id: conversation.id } }
}

interface Wanted {
  projectId: string | undefined
  agentId: string | undefined
  hidden: boolean
}

/** Neither the project's status nor its owner is looked at. */
function addConversation(state: FakeState, { projectId, agentId, hidden }: Wanted): FakeConversation {
  const isKnown = state.projects.some(({ id }) => id === projectId) && builtInAgents.includes(agentId ?? "")
  if (!projectId || !agentId || !isKnown) {
    throw new HttpFailure(500, "An unexpected error occurred while creating the conversation.")
  }
  const conversation = { id: newId(), projectId, agentId, hidden, messages: [] }
  state.conversations.push(conversation)
  return conversation
}

function checkCredits({ credits, traits }: FakeState): void {
  if (credits <= 0) throw new HttpFailure(402, traits.limitText)
}

export interface MessageRequest {
  conversationId: string
  input: unknown
  query: URLSearchParams
}

/** POST /conversations/{conversation_id}/message/ */
export async function messageRoute(state: FakeState, request: MessageRequest): Promise<FakeReply> {
  const body = validateBody(request.input, {
    content: "string",
    node_ids: "nodes?",
    attachment_ids: "strings?",
    tunnel_url: "string?",
  })
  const isStreamed = validateFlag(request.query, "stream", true)
  const content = String(body.content)
  if (content.trim() === "") throw new HttpFailure(400, "Message content cannot be empty")
  checkCredits(state)
  checkServices(state)
  const cursor = isStreamed ? request.query.get("cursor") : null
  const sessionId = request.query.get("session_id")
  const earlier = state.runs.find((run) => isOf(run, request.conversationId) && run.sessionId === sessionId)
  if (cursor !== null && state.traits.cursor === "resumes") {
    // An empty cursor starts nothing, and hangs.
    if (cursor === "") return { json: null, faults: { hang: "headers" } }
    return { stream: earlier ? followRun(state, earlier, 0) : noPieces() }
  }

  const run = addRun(state, request, cursor === null)
  const conversation = state.conversations.find(({ id }) => id === request.conversationId)
  conversation?.messages.push(content)
  // Access is checked in the worker only, and it chokes on any node.
  const runs = conversation && !(body.node_ids as unknown[] | null | undefined)?.length
  const answer = (runs ? state.answers.shift() : undefined) ?? {}
  if (runs) startRun(state, run, { answer, content })
  else run.end = "error"
  // The run has been slow already.
  if (!isStreamed) return { json: await wholeAnswer(state, run, answer), faults: { ...answer, delayMs: undefined } }
  // A second run on the same stream: the reader gets the first one's answer, and stops where that ended.
  const read = cursor !== null && earlier ? followRun(state, earlier, 0) : attach(state, run, answer)
  return { stream: read, faults: answer }
}

function isOf(run: FakeRun, conversationId: string): boolean {
  return run.conversationId === conversationId
}

function checkServices({ options, traits }: FakeState): void {
  if (options.down === "redis") throw new HttpFailure(503, "Async Redis stream manager not available")
  if (options.down === "hatchet" && traits.needsHatchet) throw new HttpFailure(503, "Hatchet agent backend unavailable")
}

/** A name that was used before in the conversation silently becomes another one. */
function addRun(state: FakeState, { conversationId, query }: MessageRequest, mayRename: boolean): FakeRun {
  const wanted = query.get("session_id") ?? `conversation:fake-user:${query.get("prev_human_message_id") ?? "new"}`
  const used = new Set(state.runs.filter((run) => isOf(run, conversationId)).map((run) => run.sessionId))
  let sessionId = wanted
  for (let count = 1; mayRename && used.has(sessionId); count++) sessionId = `${wanted}-${count}`
  const run: FakeRun = { sessionId, conversationId, pieces: [], end: undefined }
  state.runs.push(run)
  return run
}

async function* noPieces(): AsyncGenerator<WireAnswer> {}

async function* attach(state: FakeState, run: FakeRun, { lostPieces = 0 }: FakeAnswer): AsyncGenerator<WireAnswer> {
  const fromFirst = state.traits.streamStart === "first"
  if (fromFirst) yield toWireAnswer({}, state.traits)
  const from = fromFirst ? 0 : lostPieces
  for await (const piece of followRun(state, run, 0)) {
    if (run.pieces.indexOf(piece) >= from) yield piece
  }
  // The end was published before anybody listened: the connection stays open, until the stream expires after 15 minutes.
  if (from > 0 && from >= run.pieces.length) await new Promise(() => {})
}

async function wholeAnswer(state: FakeState, run: FakeRun, answer: FakeAnswer): Promise<WireAnswer> {
  for await (const _piece of followRun(state, run, 0)) continue
  if (run.end === "cancelled") throw new HttpFailure(500, "Task was cancelled")
  if (run.end === "error") {
    const isRaw = state.traits.failedRun === "exception" && answer.fails !== undefined
    throw new HttpFailure(500, isRaw ? (answer.fails ?? "") : "An internal error occurred.")
  }
  return sanitizeAnswer(joinPieces(run.pieces, state.traits), state.traits)
}

/** POST /conversations/{conversation_id}/stop */
export function stopRoute(state: FakeState, conversationId: string, query: URLSearchParams): FakeReply {
  const runs = state.runs.filter((run) => isOf(run, conversationId))
  const last = runs.map(({ sessionId }) => sessionId).sort()
  const sessionId = query.get("session_id") ?? last.at(-1)
  if (sessionId === undefined) return { json: { status: "success", message: "No active session to stop" } }
  const stopped = runs.filter((run) => run.sessionId === sessionId && !run.end)
  for (const run of stopped) run.end = "cancelled"
  state.bell.emit("change")
  const saved_partial = stopped.some(({ pieces }) => pieces.some(({ message }) => message !== ""))
  const message = "Cancellation signal sent and task revoked"
  return { json: { status: "success", message, saved_partial, message_id: saved_partial ? randomUUID() : null } }
}

/** POST /project/{project_id}/message/: in the web process, without a check of credits, and never streamed. */
export function projectMessageRoute(state: FakeState, request: MessageRequest): FakeReply {
  const { conversationId: projectId, input, query } = request
  const body = validateBody(input, {
    content: "string",
    agent_id: "string?",
    node_ids: "nodes?",
    attachment_ids: "strings?",
  })
  const hidden = validateFlag(query, "hidden", true)
  const content = String(body.content)
  if (content.trim() === "") throw new HttpFailure(400, "Message content cannot be empty")
  const agentId = (body.agent_id as string | null | undefined) ?? "codebase_qna_agent"
  addConversation(state, { projectId, agentId, hidden }).messages.push(content)
  const answer = state.answers.shift() ?? {}
  state.billed++
  if (answer.fails !== undefined) throw new HttpFailure(500, "Failed to store message or generate AI response.")
  if (answer.nothing) return { json: null, faults: answer }
  const pieces = toPieces({ ...answer, banner: false, toolCalls: [], citations: [] }, content, state.traits)
  const thinking = answer.thinking ?? null
  const { message } = joinPieces(pieces, state.traits)
  return { json: sanitizeAnswer(toWireAnswer({ message, thinking }, state.traits), state.traits), faults: answer }
}
