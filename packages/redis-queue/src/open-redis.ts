import { AssayError } from "@assay/core"
import type { RedisConnectionOptions } from "./connection-options.js"
import type { RedisConnection } from "./redis-connection.js"

/**
 * Opens a connection without waiting for it, so that a process can start while Redis is down. Throws `INVALID_INPUT` for
 * options that can never work.
 */
export function openRedis(_options: RedisConnectionOptions = {}): RedisConnection {
  throw new AssayError("UNSUPPORTED", "To be written.")
}
