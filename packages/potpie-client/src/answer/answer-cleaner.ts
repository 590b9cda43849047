/** Takes out of an answer's text what is not the answer: reasoning, the banner of the workspace, the marker of a failed agent. */
export interface AnswerCleaner {
  /** The next piece of text in; what is certain to be shown out. Marks may be split over pieces anywhere. */
  push(text: string): string
  /** What was held back because it might have become a mark. */
  end(): string
}

const marks = {
  banner: "⏳ Setting up repository workspace, please wait...",
  think: "<think>",
  thought: "</think>",
  failed: "[[SUBAGENT_ERROR]]",
}

export function createAnswerCleaner(): AnswerCleaner {
  let held = ""
  let thinking = false

  const take = (last: boolean): string => {
    let shown = ""
    for (;;) {
      const wanted = thinking ? [marks.thought] : [marks.think, marks.banner, marks.failed]
      const [at, mark] = firstOf(held, wanted)
      const keep = mark || last ? at : at - beginning(held, wanted)
      if (!thinking) shown += held.slice(0, keep)
      held = held.slice(keep + (mark?.length ?? 0))
      if (!mark) return shown
      if (mark === marks.think || mark === marks.thought) thinking = !thinking
    }
  }

  return {
    push(text) {
      held += text
      return take(false)
    },
    end: () => take(true),
  }
}

/** The text of an answer without reasoning, banner and marker. */
export function cleanAnswerText(text: string): string {
  const cleaner = createAnswerCleaner()
  return (cleaner.push(text) + cleaner.end()).trim()
}

function firstOf(text: string, wanted: readonly string[]): [at: number, mark: string | undefined] {
  let found: [number, string | undefined] = [text.length, undefined]
  for (const mark of wanted) {
    const at = text.indexOf(mark)
    if (at !== -1 && at < found[0]) found = [at, mark]
  }
  return found
}

/** How many characters at the end of the text may be the beginning of a mark. */
function beginning(text: string, wanted: readonly string[]): number {
  let most = 0
  for (const mark of wanted) {
    for (let length = Math.min(mark.length - 1, text.length); length > most; length--) {
      if (text.endsWith(mark.slice(0, length))) most = length
    }
  }
  return most
}
