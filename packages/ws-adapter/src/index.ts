// Serving
export { wsAdapter } from "./ws-adapter.js"
export type { WsAdapterOptions } from "./ws-adapter.js"
export { createEventHub } from "./event-hub.js"
export type { EventHub, EventHubOptions, FeedToFollow, JobToFollow, Listening, TransportName } from "./event-hub.js"
export type { Topics } from "./topics.js"
export type { Limits } from "./limits.js"
export type { Access, AccessRequest, Authorize } from "./access.js"
export type { Outlet, Receiver } from "./receiver.js"

// What is said
export { analysisWords } from "./analysis-words.js"
export type { AnalysisWordsOptions } from "./analysis-words.js"
export { createPresenter } from "./present.js"
export type { Present, StatusWords } from "./present.js"
export type { Message } from "./message.js"
export { serverEventSchemas } from "./event-map.js"
export type {
  AnalysisComplete,
  AnalysisError,
  AnswerJoin,
  ClientToServerEvents,
  EventEnvelope,
  JoinAnswer,
  JoinOptions,
  ServerEvents,
  ServerToClientEvents,
  StatusUpdate,
} from "./event-map.js"
export { describeEvents } from "./asyncapi.js"

// Errors
export { LiveError } from "./errors.js"
export type { LiveErrorCode } from "./errors.js"
