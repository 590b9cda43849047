import type { FakeAnswer, WireAnswer } from "./fake-answer.js"

/** What a route answers: JSON, or a stream of objects. */
export type FakeReply =
  { json: unknown; faults?: FakeAnswer } | { stream: AsyncIterable<WireAnswer>; faults?: FakeAnswer }
