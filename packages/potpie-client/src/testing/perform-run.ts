import { setTimeout } from "node:timers/promises"
import { once } from "node:events"
import { type FakeAnswer, sanitizeAnswer, toPieces } from "./fake-answer.js"
import type { FakeRun, FakeState } from "./fake-state.js"

/** The worker's part of a message: it goes on whether or not anybody is connected. */
export function startRun(state: FakeState, run: FakeRun, work: { answer: FakeAnswer; content: string }): void {
  state.billed++
  state.credits--
  void perform(state, run, work)
}

async function perform(state: FakeState, run: FakeRun, { answer, content }: { answer: FakeAnswer; content: string }) {
  const pieces = toPieces(answer, content, state.traits).map((piece) => sanitizeAnswer(piece, state.traits))
  if (answer.delayMs) await rest(state, run, answer.delayMs)
  for (const [index, piece] of pieces.entries()) {
    if (run.end) return
    if (index > 0 && answer.gapMs) await rest(state, run, answer.gapMs)
    if (run.end) return
    run.pieces.push(piece)
    state.bell.emit("change")
  }
  run.end = answer.fails === undefined ? "completed" : "error"
  state.bell.emit("change")
}

/** Ends early when the run was stopped or the fake is closed. */
async function rest(state: FakeState, run: FakeRun, milliseconds: number): Promise<void> {
  const interruption = new AbortController()
  const onBell = (): void => {
    if (run.end) interruption.abort()
  }
  state.bell.on("change", onBell)
  try {
    await setTimeout(milliseconds, undefined, { signal: interruption.signal, ref: false })
  } catch {
    // Whoever rests looks at the run anyway.
  } finally {
    state.bell.off("change", onBell)
  }
}

/** What a run publishes from its piece `from` on, until it ends. */
export async function* followRun(
  state: FakeState,
  run: FakeRun,
  from: number,
): AsyncGenerator<FakeRun["pieces"][number]> {
  for (let index = from; ; index++) {
    while (index >= run.pieces.length) {
      if (run.end) return
      await once(state.bell, "change")
    }
    const piece = run.pieces[index]
    if (piece) yield piece
  }
}
