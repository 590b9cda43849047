import { GitError } from "../errors.js"
import type { GitProcess } from "../process/git-process.js"
import { createChannel } from "./channel.js"
import type { Channel } from "./channel.js"
import type { Slots } from "./slots.js"

/** What a git process writes, read piece by piece. */
export interface AnswerReader<Block, Answer> {
  /** Takes the next piece of output. Returns how many blocks are answered completely with it. */
  push(chunk: Buffer): number
  /** The answer to the oldest block that is not taken yet. Throws if it is not an answer to this block. */
  take(block: Block): Answer
  /** Throws if the output ended within a record. */
  end(): void
}

export interface BlockWork<Block, Answer> {
  blocks: AsyncIterable<Block> | Iterable<Block>
  /** Where each process waits for its turn. */
  slots: Slots
  /** How many processes share the work, at most. Default: as many as there are slots. */
  children?: number | undefined
  open(): GitProcess
  /** What a process has to be told to answer for a block. */
  ask(block: Block): string
  createReader(): AnswerReader<Block, Answer>
}

/** How many blocks a child may have been given without having answered. The second keeps it busy while we parse the first. */
const ahead = 2

/**
 * Deals blocks of questions to a few long-lived git processes and yields the answers in whatever order they are done. No
 * block is asked for before there is room for its answer.
 */
export async function* askInBlocks<Block, Answer>(
  work: BlockWork<Block, Answer>,
): AsyncGenerator<Answer, void, undefined> {
  const source = asGenerator(work.blocks)
  // An async generator queues the requests of several callers by itself.
  const next = async (): Promise<Block | undefined> => (await source.next()).value ?? undefined
  const children = Math.min(work.children ?? Infinity, work.slots.count)
  const results = createChannel<Answer>(children * ahead)
  const processes: GitProcess[] = []
  const ended = new AbortController()
  const running = Array.from({ length: children }, async () => {
    const release = await work.slots.take(ended.signal)
    try {
      // A history of one block needs one process.
      const first = release && (await next())
      if (first === undefined || ended.signal.aborted) return
      const child = work.open()
      processes.push(child)
      await runChild(child, { first, next, results, work })
    } finally {
      release?.()
    }
  })
  void Promise.all(running).then(
    () => results.close(),
    (error: unknown) => results.close(error),
  )
  try {
    yield* results
  } finally {
    ended.abort()
    results.close()
    await Promise.all(processes.map((child) => child.stop()))
    await Promise.allSettled(running)
    await source.return(undefined)
  }
}

async function* asGenerator<Block>(
  blocks: AsyncIterable<Block> | Iterable<Block>,
): AsyncGenerator<Block, undefined, undefined> {
  yield* blocks
  return undefined
}

/** Feeds one git process and reads its answers until there are no more blocks. */
async function runChild<Block, Answer>(
  child: GitProcess,
  context: {
    first: Block
    next: () => Promise<Block | undefined>
    results: Channel<Answer>
    work: BlockWork<Block, Answer>
  },
): Promise<void> {
  const { next, results, work } = context
  const asked: Block[] = []
  let allAsked = false
  // Nothing waits for the pipe to drain: a child that waits for us to read its answers reads no questions.
  const ask = (block: Block | undefined): void => {
    if (block === undefined) {
      if (!allAsked) child.stdin.end()
      allAsked = true
      return
    }
    asked.push(block)
    child.stdin.write(work.ask(block))
  }

  const reader = work.createReader()
  try {
    ask(context.first)
    for (let more = 1; more < ahead; more++) ask(await next())
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      for (let done = reader.push(chunk); done > 0; done--) {
        const block = asked.shift()
        if (block === undefined) throw incomplete()
        const answer = reader.take(block)
        if (!allAsked) ask(await next())
        await results.put(answer)
      }
    }
    await child.finished
    reader.end()
    if (asked.length > 0) throw incomplete()
  } catch (error) {
    await child.stop()
    // When the process was ended, or broke off, its own reason says more than the pipe that closed.
    const reason: unknown = await child.finished.then(
      () => error,
      (cause: unknown) => cause,
    )
    throw GitError.isInstance(error) ? error : reason
  }
}

/** Git skips a commit that is missing, silently. */
export function incomplete(): GitError {
  return new GitError("MIRROR_DAMAGED", "The local copy of the repository misses some commits.", {
    hint: "It is made anew on the next run.",
  })
}
