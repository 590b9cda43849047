import { randomUUID } from "node:crypto"
import { describeQueue } from "@assay/core/testing"
import { Cluster, Redis } from "ioredis"
import { afterAll } from "vitest"
import { createRedisQueue, openRedis } from "../src/index.js"
import { allKeys } from "./helpers/all-keys.js"
import { startCluster } from "./helpers/redis-cluster.js"
import type { RedisCluster } from "./helpers/redis-cluster.js"
import { sharedRedisUrl } from "./helpers/redis-server.js"

let cluster: RedisCluster | undefined
afterAll(() => cluster?.[Symbol.asyncDispose]())

const servers: [name: string, find: () => Promise<{ url: string; client: Redis | Cluster }>][] = [
  ["Redis", async () => ({ url: sharedRedisUrl(), client: new Redis(sharedRedisUrl()) })],
  [
    "Redis Cluster",
    async () => {
      cluster ??= await startCluster()
      return { url: cluster.url, client: new Cluster([cluster.url]) }
    },
  ],
]

for (const [name, find] of servers) {
  describeQueue(name, {
    async create() {
      const { url, client } = await find()
      // As two processes: each has connections of its own.
      const [connection, other] = [openRedis({ url }), openRedis({ url })]
      const bell = { name: "default", prefix: `test-${randomUUID()}` }
      return {
        queue: createRedisQueue({ connection, ...bell }),
        another: () => createRedisQueue({ connection: other, ...bell }),
        peek: async () => [...(await allKeys(client, `{${bell.prefix}}`))].flat().join("\n"),
        async [Symbol.asyncDispose]() {
          await connection.close()
          await other.close()
          for (const key of (await allKeys(client, `{${bell.prefix}}`)).keys()) await client.del(key)
          client.disconnect()
        },
      }
    },
  })
}
