import { incomplete } from "./ask-in-blocks.js"
import type { AnswerReader } from "./ask-in-blocks.js"

/** A parser of what git says of commits, with a mark after the last one of each block. */
interface CommitParser {
  push(chunk: Buffer): void
  end(): void
}

interface CommitListener<Answer> {
  commit(answer: Answer): void
  mark(): void
}

export interface CommitReading<Block, Answer extends { readonly oid: string }, Result> {
  createParser(listener: CommitListener<Answer>): CommitParser
  /** The commits of a block, in the order in which the caller has given them. */
  oidsOf(block: Block): readonly string[]
  toResult(block: Block, answers: Answer[]): Result
}

/**
 * Reads the answers of a git process that is given the commits of each block the other way round: in a pack the newest content
 * is the one that needs no other, and callers begin with the oldest. Every commit must be answered: git skips one that is
 * missing, silently.
 */
export function createAnswerReader<Block, Answer extends { readonly oid: string }, Result>(
  reading: CommitReading<Block, Answer, Result>,
): AnswerReader<Block, Result> {
  const done: Answer[][] = []
  let answered: Answer[] = []
  const parser = reading.createParser({
    commit: (answer) => void answered.push(answer),
    mark() {
      done.push(answered.reverse())
      answered = []
    },
  })
  return {
    push(chunk) {
      const before = done.length
      parser.push(chunk)
      return done.length - before
    },
    take(block) {
      const answers = done.shift() ?? []
      const oids = reading.oidsOf(block)
      if (oids.length !== answers.length || oids.some((oid, at) => answers[at]!.oid !== oid)) throw incomplete()
      return reading.toResult(block, answers)
    },
    end: () => parser.end(),
  }
}
