/** The servers that differ on the wire. `J` stands for v1.0.0, too. The first three are older releases that are still self-hosted. */
export type FakeLineage = "J" | "1.0.2" | "1.1.1" | "L" | "S"

/** Everything in which they differ. */
export interface FakeTraits {
  errors: "classic" | "sanitized"
  toolCalls: "string" | "object"
  thinking: "absent" | "null" | "text"
  /** Whether reasoning is written into the message, between `<think>` and `</think>`. */
  inlinesThoughts: boolean
  /** What a message with a `cursor` does. */
  cursor: "sends again" | "resumes"
  /** Where a stream begins: at the newest entry (what came before is lost) or at the first, with an empty placeholder. */
  streamStart: "newest" | "first"
  hasStop: boolean
  statuses: readonly string[]
  /** Whether `/parse` answers `inferring` for a project in that status, instead of beginning anew. */
  answersInferring: boolean
  latestForBranches: boolean
  requeuesOnPoll: boolean
  limitText: string
  failedRun: "exception" | "generic"
  needsHatchet: boolean
  withoutCode: "error" | "ready"
  fillsSearch: boolean
}

const oldest: FakeTraits = {
  errors: "classic",
  toolCalls: "string",
  thinking: "absent",
  inlinesThoughts: false,
  cursor: "sends again",
  streamStart: "newest",
  hasStop: false,
  statuses: ["submitted", "cloned", "parsed", "ready"],
  answersInferring: false,
  latestForBranches: true,
  requeuesOnPoll: false,
  limitText: "Message limit of 50 reached for free plan.",
  failedRun: "exception",
  needsHatchet: false,
  withoutCode: "error",
  fillsSearch: true,
}

const april: FakeTraits = {
  ...oldest,
  thinking: "null",
  inlinesThoughts: true,
  hasStop: true,
  statuses: ["submitted", "cloned", "parsed", "inferring", "ready"],
  answersInferring: true,
  requeuesOnPoll: true,
  limitText: "Credit limit reached. You've used 50/50 credits on your free plan. Please upgrade to continue.",
  failedRun: "generic",
}

const may: FakeTraits = { ...april, statuses: ["submitted", "parsed", "inferring", "ready"], latestForBranches: false }

export const fakeLineages: Readonly<Record<FakeLineage, FakeTraits>> = {
  J: oldest,
  "1.0.2": april,
  "1.1.1": may,
  L: {
    ...may,
    toolCalls: "object",
    thinking: "text",
    cursor: "resumes",
    streamStart: "first",
    needsHatchet: true,
  },
  S: { ...may, errors: "sanitized", statuses: ["submitted", "ready"], withoutCode: "ready", fillsSearch: false },
}
