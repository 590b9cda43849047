import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { AssayError } from "@assay/core"
import type { ProcessIdentity } from "./process-identity.js"
import { livenessOf, ownIdentity } from "./process-identity.js"

const beatMs = 5_000
/** A lock whose owner cannot be seen from here is stale when it has not been touched for this long. */
const staleAfterMs = 30_000
/** A file that was created but not written yet. Its writer needs microseconds; if it was killed there, so be it. */
const unwrittenMs = 2_000

/** Holds the folder until it is released or the process is gone. */
export interface FolderLock {
  release(): void
}

/**
 * Lets one process at a time into a folder. PGlite itself lets several in, and then their writes overwrite each other.
 *
 * The lock is the file `lock.<n>` with the highest number, and it holds who owns it. A dead owner's lock is taken over by
 * creating the next number, which the file system grants to one process only; the older files are removed afterwards. The
 * file with the highest number is never removed, only marked as released: otherwise a slow process that had looked at the
 * folder earlier could create a number that was used and is gone, and believe that it holds the folder.
 */
export function lockFolder(folder: string): FolderLock {
  const identity = ownIdentity()
  for (;;) {
    const current = highestLock(folder)
    if (current > 0) refuseIfHeld(folder, current)
    const own = current + 1
    if (!create(lockFile(folder, own), identity)) continue
    if (highestLock(folder) > own) {
      rmSync(lockFile(folder, own), { force: true })
      continue
    }
    for (const older of lockNumbers(folder)) if (older < own) rmSync(lockFile(folder, older), { force: true })
    return hold(lockFile(folder, own), identity)
  }
}

function hold(file: string, identity: ProcessIdentity): FolderLock {
  const beat = setInterval(() => {
    try {
      utimesSync(file, new Date(), new Date())
    } catch {
      // The folder was removed under our feet; the database notices by itself.
    }
  }, beatMs).unref()
  return {
    release() {
      clearInterval(beat)
      try {
        if (read(file)?.token !== identity.token) return
        writeFileSync(`${file}.released`, JSON.stringify({ released: true }))
        renameSync(`${file}.released`, file)
      } catch {
        // Gone with its folder.
      }
    },
  }
}

function refuseIfHeld(folder: string, number: number): void {
  const file = lockFile(folder, number)
  const age = ageOf(file)
  // Removed by whoever took it over just now: look again.
  if (age === undefined) return
  const owner = read(file)
  if (!owner) {
    if (age < unwrittenMs) throw locked(folder, file, undefined)
    return
  }
  if (owner.released) return
  const liveness = livenessOf(owner)
  if (liveness === "alive" || (liveness === "unknown" && age < staleAfterMs)) throw locked(folder, file, owner)
}

function locked(folder: string, file: string, owner: ProcessIdentity | undefined): AssayError {
  const own = owner?.pid === process.pid && livenessOf(owner) === "alive"
  const elsewhere = owner && owner.host !== ownIdentity().host ? ` on ${owner.host}` : ""
  const who = own ? `this process (${process.pid})` : owner ? `process ${owner.pid}${elsewhere}` : "another process"
  return new AssayError("STORE_LOCKED", `The data folder ${folder} is in use by ${who}.`, {
    hint: own
      ? "Open it once and share the database."
      : `Stop that process, or use another data folder, or PostgreSQL for several processes. If it is not an Assay process, delete ${file}.`,
  })
}

function create(file: string, identity: ProcessIdentity): boolean {
  try {
    writeFileSync(file, JSON.stringify(identity), { flag: "wx", mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false
    throw error
  }
}

function read(file: string): (ProcessIdentity & { released?: boolean }) | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity
  } catch {
    return undefined
  }
}

function ageOf(file: string): number | undefined {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return undefined
  }
}

function highestLock(folder: string): number {
  return Math.max(0, ...lockNumbers(folder))
}

function lockNumbers(folder: string): number[] {
  return readdirSync(folder).flatMap((name) => {
    const match = /^lock\.(\d+)$/.exec(name)
    return match ? [Number(match[1])] : []
  })
}

function lockFile(folder: string, number: number): string {
  return join(folder, `lock.${number}`)
}
