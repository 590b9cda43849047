import { randomUUID } from "node:crypto"
import { describeNotifier } from "@assay/core/testing"
import { afterAll, test } from "vitest"
import { createRedisNotifier, openRedis } from "../src/index.js"
import { missing } from "./helpers/describe-if-installed.js"
import { startCluster } from "./helpers/redis-cluster.js"
import type { RedisCluster } from "./helpers/redis-cluster.js"
import { sharedRedisUrl } from "./helpers/redis-server.js"

let cluster: RedisCluster | undefined
afterAll(() => cluster?.[Symbol.asyncDispose]())

const servers: [name: string, find: () => Promise<string>][] = [
  ["Redis", async () => sharedRedisUrl()],
  ["Redis Cluster", async () => (cluster ??= await startCluster()).url],
]

const unable = missing(["redis-server", "redis-cli"])
if (unable) test.skip(`Redis Cluster notifier (skipped: ${unable})`)

for (const [name, find] of unable ? servers.slice(0, 1) : servers) {
  describeNotifier(name, {
    async create() {
      const url = await find()
      const [connection, other] = [openRedis({ url }), openRedis({ url })]
      const prefix = `test-${randomUUID()}`
      return {
        notifier: createRedisNotifier({ connection, prefix }),
        another: () => createRedisNotifier({ connection: other, prefix }),
        async [Symbol.asyncDispose]() {
          await connection.close()
          await other.close()
        },
      }
    },
  })
}
