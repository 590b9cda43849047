/** Run lengths one after the other: where lines were born, how many of them, and so on from the first line to the last. */
export type Runs = Int32Array

export const noLines: Runs = new Int32Array(0)

export interface Splicing {
  /** Called for lines that go, with where they were born. */
  onDeath(born: number, count: number): void
}

/**
 * The lines of a file after these hunks (four numbers each, as in `@@ -1,2 +3,4 @@`), what is new born at `position`.
 * Returns `undefined` if the hunks do not fit the file: then something was missed before.
 */
export function spliceRuns(
  runs: Runs,
  hunks: readonly number[],
  change: Splicing & { position: number },
): Runs | undefined {
  const { position } = change
  const next: number[] = []
  const keep = (born: number, count: number): void => {
    const last = next.length - 2
    if (last >= 0 && next[last] === born) next[last + 1]! += count
    else next.push(born, count)
  }
  let run = 0
  /** How much of the run at hand is used up. */
  let used = 0
  let line = 0
  /** Goes on by so many lines, and says whether there were as many. */
  const advance = (lines: number, use: (born: number, count: number) => void): boolean => {
    let left = lines
    while (left > 0) {
      if (run >= runs.length) return false
      const count = Math.min(left, runs[run + 1]! - used)
      use(runs[run]!, count)
      left -= count
      used += count
      if (used === runs[run + 1]) {
        run += 2
        used = 0
      }
    }
    line += lines
    return true
  }
  for (let at = 0; at < hunks.length; at += 4) {
    const deleted = hunks[at + 1]!
    // Without lines that go, the number is that of the line before.
    const before = deleted === 0 ? hunks[at]! : hunks[at]! - 1
    if (before < line || !advance(before - line, keep)) return undefined
    if (!advance(deleted, change.onDeath)) return undefined
    const added = hunks[at + 3]!
    if (added > 0) keep(position, added)
  }
  while (run < runs.length) {
    keep(runs[run]!, runs[run + 1]! - used)
    used = 0
    run += 2
  }
  return Int32Array.from(next)
}

export function countLines(runs: Runs): number {
  let lines = 0
  for (let at = 1; at < runs.length; at += 2) lines += runs[at]!
  return lines
}
