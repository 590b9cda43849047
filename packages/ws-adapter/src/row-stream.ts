import type { Clock, Logger } from "@assay/core"
import { LiveError } from "./errors.js"
import type { Limits } from "./limits.js"
import type { Message } from "./message.js"
import { sendAll } from "./receiver.js"
import type { Receiver } from "./receiver.js"

/** Rows of the store, in order, from any position on. */
export interface RowSource<Row, Position> {
  /** The rows above `after`, oldest first, at most `limit`. */
  read(after: Position, limit: number): Promise<readonly Row[]>
  positionOf(row: Row): Position
  /** What is said of these rows. */
  messagesOf(rows: readonly Row[]): Promise<readonly Message[]>
  /** After everybody who can take it was given everything there is. */
  atRest?(followers: readonly Follower<Position>[]): Promise<void>
}

/** One listener and how far it is. What it has not taken yet waits in the store, not in memory. */
export interface Follower<Position> {
  readonly receiver: Receiver
  position: Position
  /** The last round of news after which there was nothing left for it. */
  lookedAt: number
  /** While it has more waiting than it may: since when it has taken nothing of that, and how much it is. */
  slow: { readonly since: number; readonly waitingBytes: number } | undefined
}

export interface RowStream<Position> {
  /** Where those are who have everything there is; `undefined` when nobody is known to. */
  readonly head: Position | undefined
  follow(receiver: Receiver, position: Position): Follower<Position>
  leave(follower: Follower<Position>): void
  /** There may be something new. */
  news(): void
}

/** One page is small, because a whole one is sent at a time. */
const pageSize = 100
const slowCheckMs = 100
const troubleMs = 250

/**
 * Gives each follower every row above its position, in order and once, however many there are and wherever each began: what
 * is read is always the page after somebody's position, for all who are at that position. Those who keep up are at the same
 * one, so that it is read, and encoded, once for all of them.
 */
export function createRowStream<Row, Position>(
  source: RowSource<Row, Position>,
  about: { clock: Clock; logger: Logger; limits: Required<Limits>; signal: AbortSignal; onEmpty?: () => void },
): RowStream<Position> {
  const { clock, logger, limits, signal } = about
  const followers = new Set<Follower<Position>>()
  let round = 0
  let running = false
  let nap: AbortController | undefined

  /** Returns the round of news after which nothing is left to do. */
  async function run(): Promise<number> {
    for (;;) {
      const startedIn = round
      const group = nextGroup()
      if (group.length > 0) await advance(group)
      else if ([...followers].some(({ slow }) => slow !== undefined)) await rest(slowCheckMs)
      else {
        await source.atRest?.([...followers])
        if (round === startedIn) return startedIn
      }
      if (signal.aborted || followers.size === 0) return round
    }
  }

  /** Until there is news, at most that long. */
  async function rest(ms: number): Promise<void> {
    nap = new AbortController()
    await clock.sleep(ms, AbortSignal.any([nap.signal, signal]))
    nap = undefined
  }

  /** Those at the position of the first who may have something to get and can take it. */
  function nextGroup(): Follower<Position>[] {
    const ready = [...followers].filter((follower) => follower.lookedAt < round && canTakeMore(follower))
    return ready.filter(({ position }) => position === ready[0]?.position)
  }

  async function advance(group: readonly Follower<Position>[]): Promise<void> {
    const after = group[0]?.position as Position
    const startedIn = round
    const rows = await source.read(after, pageSize)
    const messages = rows.length > 0 ? await source.messagesOf(rows) : []
    // From here on nothing waits: the rows are given and noted as given in one go.
    const present = group.filter((follower) => followers.has(follower))
    for (const follower of present) if (rows.length > 0) follower.position = source.positionOf(rows.at(-1) as Row)
    sendAll(
      present.map(({ receiver }) => receiver),
      messages,
    )
    if (rows.length < pageSize) for (const follower of present) follower.lookedAt = startedIn
  }

  function canTakeMore(follower: Follower<Position>): boolean {
    const waitingBytes = follower.receiver.waitingBytes()
    if (waitingBytes <= limits.waitingBytes) {
      follower.slow = undefined
      return true
    }
    const now = clock.monotonic()
    if (!follower.slow || waitingBytes < follower.slow.waitingBytes) follower.slow = { since: now, waitingBytes }
    if (now - follower.slow.since >= limits.slowMs) {
      followers.delete(follower)
      follower.receiver.cut(
        new LiveError("SLOW_CONSUMER", "You have taken nothing of what was sent for too long.", {
          hint: "Connect again and ask for what came after the last seq that you saw.",
        }),
      )
    }
    return false
  }

  async function start(): Promise<void> {
    if (running) return
    running = true
    while (!signal.aborted && followers.size > 0) {
      try {
        if ((await run()) === round) break
      } catch (error) {
        logger.warn({ error }, "events could not be read; trying again")
        await clock.sleep(troubleMs, signal)
      }
    }
    running = false
    if (followers.size === 0) about.onEmpty?.()
  }

  const news = (): void => {
    round++
    nap?.abort()
    void start()
  }

  return {
    get head() {
      return [...followers].find(({ lookedAt }) => lookedAt === round)?.position
    },
    follow(receiver, position) {
      const follower = { receiver, position, lookedAt: -1, slow: undefined }
      followers.add(follower)
      news()
      return follower
    },
    leave(follower) {
      followers.delete(follower)
      if (followers.size === 0 && !running) about.onEmpty?.()
    },
    news,
  }
}
