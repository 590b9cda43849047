import { randomUUID } from "node:crypto"
import { EventEmitter } from "node:events"
import type { FakeAnswer, WireAnswer } from "./fake-answer.js"
import type { FakeTraits } from "./fake-lineage.js"
import type { FakeFault, FakePotpieOptions } from "./fake-options.js"

export interface FakeProject {
  id: string
  repoName: string | null
  branchName: string | null
  commitId: string | null
  status: string
  /** What the next looks will see, in their order. */
  ahead: string[]
  /** How often a parse of it was queued. More than once without a request means: by a poll. */
  parses: number
  changedAt: number
}

export interface FakeConversation {
  id: string
  projectId: string
  agentId: string
  hidden: boolean
  /** What people wrote, stored before any agent runs. */
  messages: string[]
}

export interface FakeRun {
  /** The `session_id`, or what the server made of it. */
  sessionId: string
  conversationId: string
  pieces: WireAnswer[]
  end: "completed" | "error" | "cancelled" | undefined
}

export interface FakeRequest {
  method: string
  /** As it was sent, still encoded, without the query. */
  path: string
  query: Readonly<Record<string, string>>
  /** In small letters. The value of `x-api-key` is replaced; see `keys` of the fake. */
  headers: Readonly<Record<string, string>>
  /** Parsed if it is JSON, else the text; undefined if there is none. */
  body: unknown
}

/** What a fake server knows. */
export interface FakeState {
  options: FakePotpieOptions & { apiKey: string }
  traits: FakeTraits
  projects: FakeProject[]
  conversations: FakeConversation[]
  runs: FakeRun[]
  requests: FakeRequest[]
  keys: Set<string>
  answers: FakeAnswer[]
  faults: FakeFault[]
  billed: number
  credits: number
  /** Emits `change` whenever a run has something new, and `close`. */
  bell: EventEmitter
}

export function createFakeState(options: FakePotpieOptions & { apiKey: string }, traits: FakeTraits): FakeState {
  return {
    options,
    traits,
    projects: [],
    conversations: [],
    runs: [],
    requests: [],
    keys: new Set(),
    answers: [...(options.answers ?? [])],
    faults: [],
    billed: 0,
    credits: options.credits ?? Infinity,
    bell: new EventEmitter().setMaxListeners(0),
  }
}

/** An id as the server makes them: a UUID of version 7, which sorts by time. */
export function newId(): string {
  const time = Date.now().toString(16).padStart(12, "0")
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}
