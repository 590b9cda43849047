import { AssayError } from "@assay/core"
import type { Logger, Queue } from "@assay/core"
import type { RedisConnection } from "./redis-connection.js"

export interface RedisQueueOptions {
  /** Stays the caller's to close. */
  readonly connection: RedisConnection
  /** Queues of one server that have the same name and prefix are one bell. Without `:`. */
  readonly name: string
  /** Every key begins with it, in braces, so that the keys of a queue are on one node of a cluster. @default "assay" */
  readonly prefix?: string
  /** Hears of handlers that reject, of foreign messages, and of workers that had to be built again. Default: nobody does. */
  readonly logger?: Logger
}

export function createRedisQueue(_options: RedisQueueOptions): Queue {
  throw new AssayError("UNSUPPORTED", "To be written.")
}
