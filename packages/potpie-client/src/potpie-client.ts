import type { Answer } from "./answer/answer.js"
import type { AskInput, ConversationMessage } from "./endpoints/ask.js"
import type { CallOptions } from "./endpoints/call-options.js"
import type { ConversationInput } from "./endpoints/create-conversation.js"
import type { Agent } from "./endpoints/list-agents.js"
import type { Project } from "./endpoints/list-projects.js"
import type { ParsedProject, ParseInput } from "./endpoints/parse.js"
import type { FindProjectInput, FoundProject, ProjectStatus } from "./endpoints/project-status.js"
import type { RequestInput, RequestResult } from "./endpoints/request.js"
import type { SearchInput, SearchResult } from "./endpoints/search.js"
import type { StopInput, StopResult } from "./endpoints/stop.js"
import type { AnswerStream, ResumeInput } from "./endpoints/stream.js"
import type { WaitOptions } from "./endpoints/wait-until-ready.js"
import type { StandardSchema } from "./standard-schema.js"

/**
 * The v2 API of Potpie, as the servers of all lineages have it: J (January 2026, and v1.0.0), 1.0.2, 1.1.1, L (the last `main` with a
 * server) and S (what the hosted service most likely runs). The client is not told which one it speaks to.
 *
 * Every method throws `PotpieError`, beside what it names: `INVALID_INPUT` before anything is sent, `ABORTED`, `POTPIE_AUTH`,
 * `POTPIE_RATE_LIMITED`, `POTPIE_REJECTED`, `POTPIE_FAILED`, `POTPIE_UNAVAILABLE`, `POTPIE_NETWORK`, `POTPIE_TIMEOUT`,
 * `POTPIE_INTERRUPTED` and `POTPIE_BAD_RESPONSE`. What does no harm twice is retried first, after pauses, as long as `Retry-After`
 * is not too far off: `status`, `findProject`, `waitUntilReady`, `projects`, `agents`, `search`, and `parse` with care. The others are
 * sent again only if the first request certainly was not run: no connection came about, or the answer was 429.
 */
export interface PotpieClient {
  /**
   * Begins to parse a repository, or finds the project that did. `POST /api/v2/parse`
   *
   * Private repositories need access given at the server: no lineage takes a token. A repository that does not exist is accepted
   * and fails later. A branch that is `ready` is not parsed again, even if it has moved on: give a `commitId` for that. Two first
   * calls at the same time make two projects. A commit that failed before is called `ready` without having been parsed (all lineages):
   * see with `findProject` whether it did. After a lost answer the project is looked for before the call is made again.
   */
  parse(input: ParseInput, options?: CallOptions): Promise<ParsedProject>

  /**
   * How far a project is. `GET /api/v2/parsing-status/{id}`
   *
   * The call has a side effect (1.0.2, 1.1.1, L, S): it queues the whole parse again if the project has been `submitted` and unchanged
   * for ten minutes. `findProject` has none. Throws `POTPIE_NOT_FOUND`.
   */
  status(projectId: string, options?: CallOptions): Promise<ProjectStatus>

  /** The project of a repository and branch or commit; undefined if this account has none. `POST /api/v2/parsing-status` */
  findProject(input: FindProjectInput, options?: CallOptions): Promise<FoundProject | undefined>

  /**
   * Waits until a project is `ready`, asking every 5 to 15 s for at most an hour. Give it what `parse` returned instead of an id: it
   * asks by name then, which does not queue the parse again as asking by id does (see `status`).
   *
   * Unknown words mean that the server is still working; `latest` is not looked at. Failures that may pass do not end the wait.
   * Throws `POTPIE_PARSE_FAILED`, `POTPIE_NOT_FOUND`, and `POTPIE_TIMEOUT` with `phase: "ready"`.
   */
  waitUntilReady(project: string | ParsedProject, options?: WaitOptions): Promise<ProjectStatus>

  /** All projects of this account, in no order. `GET /api/v2/projects/list` */
  projects(options?: CallOptions): Promise<Project[]>

  /** The agents that can be asked: those that are built in, and this account's. `GET /api/v2/list-available-agents` */
  agents(options?: CallOptions): Promise<Agent[]>

  /**
   * Begins a conversation with an agent about a project. `POST /api/v2/conversations/`
   *
   * The project need not be ready, nor yours: the server checks neither. Wrong ids are `POTPIE_FAILED`. Throws `POTPIE_NO_CREDITS`.
   * Not retried, though a second conversation would do no harm but exist.
   */
  createConversation(input: ConversationInput): Promise<{ conversationId: string }>

  /**
   * Asks, and waits up to ten minutes for the whole answer: in a conversation (`POST …/conversations/{id}/message/?stream=false`) or once
   * about a project (`POST /api/v2/project/{id}/message/`). The run is billed, and goes on when the call ends early; it is never sent again.
   *
   * With a `schema` (zod, or any Standard Schema) the answer is searched for JSON that fits it; ask for JSON in `content`. Prose and
   * fences around it, and one comma too many, are forgiven; strings are never edited.
   *
   * Throws `POTPIE_ANSWER_EMPTY`, `POTPIE_ANSWER_FAILED`, `POTPIE_BAD_OUTPUT` (with `raw`), `POTPIE_NO_CREDITS` (conversations only).
   * An unknown conversation is `POTPIE_FAILED`.
   */
  ask<T>(input: AskInput & { schema: StandardSchema<T> }): Promise<Answer & { value: T }>
  ask(input: AskInput & { schema?: undefined }): Promise<Answer>

  /**
   * Asks in a conversation, and gives the answer in parts as it is made; each has what is new. Nothing is sent before the iteration
   * begins (but wrong input throws at once). To leave the loop closes the connection and leaves the run going (and billed): call `stop` to end it.
   *
   * The iteration throws `POTPIE_INTERRUPTED` if the stream breaks off, `POTPIE_ANSWER_EMPTY` (an unknown conversation as well) and
   * `POTPIE_ANSWER_FAILED`, all with the `answer` so far and the `sessionId`. Nothing is ever sent again: no lineage but L can take a
   * stream up where it broke. What was made before the server attached to the run may be missing (all but L).
   */
  stream(input: ConversationMessage): AnswerStream

  /**
   * Reads the answer of an interrupted stream again, from its first word. Only at L, where it starts nothing and costs nothing;
   * hence `lineage: "L"`. After 15 minutes it is `POTPIE_ANSWER_EMPTY`.
   */
  resume(input: ResumeInput): AnswerStream

  /**
   * Ends a run. `POST /api/v2/conversations/{id}/stop`
   *
   * Streams of it close, and an `ask` that waits for it gets `POTPIE_FAILED`. Unknown runs look like known ones. At J and v1.0.0 there
   * is no such route: `POTPIE_NOT_FOUND`.
   */
  stop(input: StopInput): Promise<StopResult>

  /** At most 10 places whose text holds the words, best first. Always empty at S for new projects. `POST /api/v2/search` */
  search(input: SearchInput): Promise<SearchResult[]>

  /** Any other route, with the key, the timeouts and the errors of this client. `path` must not lead out of the base URL. */
  request(input: RequestInput): Promise<RequestResult>
}
