import type { Schedules } from "./client.js"
import { AssayError } from "./errors.js"

const refuse = (): Promise<never> =>
  Promise.reject(new AssayError("UNSUPPORTED", "This client has no store to remember schedules in."))

/** What a client has that was given no schedule store. */
export const withoutSchedules: Schedules = { put: refuse, get: refuse, list: refuse, remove: refuse }
