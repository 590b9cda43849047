import type { JobProgress } from "./job.js"

/** Lets a handler report progress as often as it likes and writes a few times a second. */
export interface ProgressReporter {
  report(progress: JobProgress): void
  /** Writes what was reported last, if it was not written yet. */
  settle(): Promise<void>
  /** The same, and takes no more. */
  stop(): Promise<void>
}

const atMostEveryMs = 250

export function createProgressReporter(write: (progress: JobProgress) => Promise<void>): ProgressReporter {
  let latest: JobProgress | undefined
  let timer: NodeJS.Timeout | undefined
  let writing = Promise.resolve()
  let stopped = false

  function flush(): void {
    timer = undefined
    const progress = latest
    latest = undefined
    // A report that cannot be written is forgotten: the next one says more, and the heartbeat finds a lost lease.
    if (progress) writing = writing.then(() => write(progress)).catch(() => {})
  }

  async function settle(): Promise<void> {
    clearTimeout(timer)
    flush()
    await writing
  }

  return {
    report(progress) {
      if (stopped) return
      latest = progress
      timer ??= setTimeout(flush, atMostEveryMs)
    },
    settle,
    async stop() {
      stopped = true
      await settle()
    },
  }
}
