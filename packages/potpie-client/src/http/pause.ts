import { setTimeout } from "node:timers/promises"
import { abortedError } from "../errors.js"

/** Waits, and throws `ABORTED` as soon as the signal says so. */
export async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, { ...(signal && { signal }) })
  } catch (error) {
    throw signal?.aborted ? abortedError(signal) : error
  }
}
