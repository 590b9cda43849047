import { randomUUID } from "node:crypto"
import { describeNotifier } from "@assay/core/testing"
import { afterAll } from "vitest"
import { createRedisNotifier, openRedis } from "../src/index.js"
import { startCluster } from "./helpers/redis-cluster.js"
import type { RedisCluster } from "./helpers/redis-cluster.js"
import { sharedRedisUrl } from "./helpers/redis-server.js"

let cluster: RedisCluster | undefined
afterAll(() => cluster?.[Symbol.asyncDispose]())

const servers: [name: string, find: () => Promise<string>][] = [
  ["Redis", async () => sharedRedisUrl()],
  ["Redis Cluster", async () => (cluster ??= await startCluster()).url],
]

for (const [name, find] of servers) {
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
