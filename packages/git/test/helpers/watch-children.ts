import { readFileSync, readdirSync } from "node:fs"

/** What the processes that this one started took at most. */
export interface ChildWatch extends Disposable {
  /** Of one process, in bytes. */
  readonly peakBytes: number
  /** Of this process, since the watch began. */
  readonly ownPeakBytes: number
}

/** Looks at the memory of all descendants of this process, as the kernel remembers its highest, until it is disposed. */
export function watchChildren(everyMs = 25): ChildWatch {
  let peakBytes = 0
  let ownPeakBytes = 0
  const look = (): void => {
    ownPeakBytes = Math.max(ownPeakBytes, process.memoryUsage.rss())
    for (const id of descendants()) {
      const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${id}/status`))?.[1]
      peakBytes = Math.max(peakBytes, Number(kilobytes ?? 0) * 1024)
    }
  }
  const timer = setInterval(look, everyMs)
  return {
    get peakBytes() {
      look()
      return peakBytes
    },
    get ownPeakBytes() {
      look()
      return ownPeakBytes
    },
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

function descendants(): number[] {
  const parents = new Map<number, number>()
  for (const id of readdirSync("/proc").map(Number)) {
    const stat = id > 0 ? read(`/proc/${id}/stat`) : ""
    const parent = /\) \S (\d+) /.exec(stat)?.[1]
    if (parent !== undefined) parents.set(id, Number(parent))
  }
  const isOurs = (id: number): boolean => {
    for (let at = parents.get(id); at !== undefined; at = parents.get(at)) if (at === process.pid) return true
    return false
  }
  return [...parents.keys()].filter(isOurs)
}

function read(file: string): string {
  try {
    return readFileSync(file, "latin1")
  } catch {
    return ""
  }
}
