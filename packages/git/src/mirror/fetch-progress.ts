/** How far a fetch is. */
export interface FetchProgress {
  /** `counting` and `compressing` happen at the remote, the other two here. */
  phase: "counting" | "compressing" | "receiving" | "resolving"
  /** 0 to 100, within the phase. */
  percent: number
  done: number
  total: number
  /** Bytes received so far; only while receiving. */
  bytes?: number
}

const phases: Readonly<Record<string, FetchProgress["phase"]>> = {
  Counting: "counting",
  Compressing: "compressing",
  Receiving: "receiving",
  Resolving: "resolving",
}
const units: Readonly<Record<string, number>> = { bytes: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }
const pattern =
  /(Counting|Compressing|Receiving|Resolving) (?:objects|deltas): +(\d+)% \((\d+)\/(\d+)\)(?:, ([\d.]+) (bytes|KiB|MiB|GiB))?/

/**
 * Returns a reader of git's progress, which takes stderr as it comes and reports each new state once. The lines end
 * with a carriage return and are cut anywhere by the pipe.
 */
export function readFetchProgress(report: (progress: FetchProgress) => void): (text: string) => void {
  let unfinished = ""
  let last = ""
  return (text) => {
    const lines = (unfinished + text).split(/[\r\n]/)
    unfinished = lines.pop()!.slice(-1_024)
    for (const line of lines) {
      const match = pattern.exec(line)
      if (!match) continue
      const [, phase = "", percent, done, total, amount, unit = "bytes"] = match
      const state = `${phase} ${percent} ${amount}`
      if (state === last) continue
      last = state
      report({
        phase: phases[phase]!,
        percent: Number(percent),
        done: Number(done),
        total: Number(total),
        ...(amount === undefined ? {} : { bytes: Math.round(Number(amount) * units[unit]!) }),
      })
    }
  }
}
