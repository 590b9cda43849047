import { AssayError } from "@assay/core"
import type { Logger, Notifier } from "@assay/core"
import type { RedisConnection } from "./redis-connection.js"

export interface RedisNotifierOptions {
  /** Stays the caller's to close. */
  readonly connection: RedisConnection
  /** Notifiers of one server that have the same prefix hear each other, whatever database they use. @default "assay" */
  readonly prefix?: string
  /** Hears of listeners that throw. Default: nobody does. */
  readonly logger?: Logger
}

export function createRedisNotifier(_options: RedisNotifierOptions): Notifier {
  throw new AssayError("UNSUPPORTED", "To be written.")
}
