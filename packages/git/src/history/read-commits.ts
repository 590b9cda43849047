import type { Mirror } from "../mirror/mirror.js"
import { createLogParser, logOptions } from "../parse/parse-log.js"
import type { Commit } from "../parse/parse-log.js"
import { revisionArguments } from "./revisions.js"
import type { RevisionOptions } from "./revisions.js"

/** Commits with their people, times and subjects, in batches as they come, in a memory that does not grow with the history. */
export async function* readCommits(
  mirror: Mirror,
  options: RevisionOptions,
): AsyncGenerator<Commit[], void, undefined> {
  if (options.tips.length === 0) return
  const { args, input } = revisionArguments(options)
  const parser = createLogParser()
  const output = mirror.git.stream(["log", ...logOptions, ...args], {
    repository: mirror,
    signal: options.signal,
    input: [input],
  })
  for await (const chunk of output) {
    const commits = parser.push(chunk)
    if (commits.length > 0) yield commits
  }
  parser.end()
}
