import { AssayError } from "@assay/core"
import type { Line } from "./line.js"

/** A key beside the queue that says which store it rings for. */
export interface StoreMark {
  /** Rejects with `QUEUE_MISMATCH` when another store is noted, with `UNAVAILABLE` when that will be seen later. */
  set(storeIdentity: string): Promise<void>
  /** Sees to it that the mark is there still. Resolves with `true` when it was gone: then everything may be. */
  renew(): Promise<boolean>
  /** Throws `QUEUE_MISMATCH` after another store was found there. */
  assertOurs(): void
}

export function createStoreMark(line: Line, key: string): StoreMark {
  let ours: string | undefined
  let noted = false
  let mismatched = false

  const mismatch = (): AssayError =>
    new AssayError("QUEUE_MISMATCH", "The queue rings for another store than the one it was given.", {
      hint: "Give each store a queue name or prefix of its own.",
    })

  /** `true` when there was none before. */
  async function note(storeIdentity: string): Promise<boolean> {
    const [set, found] = await line.command((client) =>
      Promise.all([client.set(key, storeIdentity, "NX"), client.get(key)]),
    )
    if (found !== storeIdentity) throw mismatch()
    return set === "OK"
  }

  return {
    async set(storeIdentity) {
      if (ours !== undefined && ours !== storeIdentity) throw mismatch()
      try {
        await note(storeIdentity)
        noted = true
        ours = storeIdentity
      } catch (error) {
        if (AssayError.isInstance(error) && error.code === "UNAVAILABLE") ours = storeIdentity
        throw error
      }
    },
    async renew() {
      if (ours === undefined || mismatched) return false
      try {
        const gone = (await note(ours)) && noted
        noted = true
        return gone
      } catch (error) {
        mismatched = AssayError.isInstance(error) && error.code === "QUEUE_MISMATCH"
        throw error
      }
    },
    assertOurs() {
      if (mismatched) throw mismatch()
    },
  }
}
