import { noLines, spliceRuns } from "./splice-runs.js"
import type { Runs } from "./splice-runs.js"

/** What one commit of the first-parent chain did to a file, against its first parent. */
export interface LineChange {
  readonly status: "A" | "M" | "D" | "R" | "C" | "T"
  readonly pathId: number
  /** Of a rename; else 0. */
  readonly oldPathId: number
  /** Whether it was, and is, a regular file: links and submodules have no lines. */
  readonly wasFile: boolean
  readonly isFile: boolean
  readonly binary: boolean
  readonly hunks: readonly number[]
  /** Only if `binary`: how many lines git counts in the new content; 0 if that is what is binary. */
  readonly newLines: number
}

/** What was born and died at one commit. */
export interface LineCounts {
  readonly added: number
  /** Where they were born, ascending, each followed by how many of them died. */
  readonly deaths: Int32Array
}

/** When the lines of all files were born, carried along the first-parent chain commit by commit. */
export interface LineBirths {
  /** Applies what the commit at `position` of the chain changed. */
  apply(position: number, changes: readonly LineChange[]): LineCounts
  /** Sets what is known of a file from before. */
  load(pathId: number, runs: Runs): void
  has(pathId: number): boolean
  /** The lines of a file; none for one that is gone, or binary. */
  get(pathId: number): Runs
  /** Files that changed since the last call. */
  takeChanged(): number[]
  /** Paths whose patch did not fit what was known of the file. Its lines count as new since. */
  readonly misfits: ReadonlySet<number>
}

export function createLineBirths(): LineBirths {
  const files = new Map<number, Runs>()
  const misfits = new Set<number>()
  let changed = new Set<number>()

  return {
    misfits,
    load: (pathId, runs) => void files.set(pathId, runs),
    has: (pathId) => files.has(pathId),
    get: (pathId) => files.get(pathId) ?? noLines,
    takeChanged() {
      const paths = [...changed]
      changed = new Set()
      return paths
    },
    apply(position, changes) {
      const died = new Map<number, number>()
      let added = 0
      const onDeath = (born: number, count: number): void => void died.set(born, (died.get(born) ?? 0) + count)
      const bury = (runs: Runs): void => {
        for (let at = 0; at < runs.length; at += 2) onDeath(runs[at]!, runs[at + 1]!)
      }
      const bear = (lines: number): Runs => {
        added += lines
        return lines > 0 ? Int32Array.of(position, lines) : noLines
      }

      /** The lines of the file as the commit leaves it. */
      function changeOf(change: LineChange): Runs {
        const { status, wasFile, isFile, hunks } = change
        const old = wasFile ? (files.get(status === "R" ? change.oldPathId : change.pathId) ?? noLines) : noLines
        if (!isFile || status === "D") {
          bury(old)
          return noLines
        }
        if (change.binary || status === "T") {
          bury(old)
          return bear(change.binary ? change.newLines : sumAdded(hunks))
        }
        const lines = sumAdded(hunks)
        // Deaths are counted once it is clear that the patch fits.
        const gone: [number, number][] = []
        const runs = spliceRuns(old, hunks, { position, onDeath: (born, count) => void gone.push([born, count]) })
        if (!runs) {
          misfits.add(change.pathId)
          bury(old)
          return bear(lines)
        }
        for (const [born, count] of gone) onDeath(born, count)
        added += lines
        return runs
      }

      // All that was is looked at before anything is written: two files may swap their names.
      const results = changes.map((change): [LineChange, Runs] => [change, changeOf(change)])
      for (const [{ status, oldPathId, pathId }] of results) {
        const path = status === "R" ? oldPathId : pathId
        files.set(path, noLines)
        changed.add(path)
      }
      for (const [{ pathId }, runs] of results) {
        if (runs.length > 0) files.set(pathId, runs)
        changed.add(pathId)
      }
      const deaths = new Int32Array(died.size * 2)
      for (const [at, born] of Int32Array.from(died.keys()).sort().entries())
        deaths.set([born, died.get(born)!], at * 2)
      return { added, deaths }
    },
  }
}

function sumAdded(hunks: readonly number[]): number {
  let lines = 0
  for (let at = 3; at < hunks.length; at += 4) lines += hunks[at]!
  return lines
}
