import { randomUUID } from "node:crypto"
import { describeQueue } from "@assay/core/testing"
import { Cluster, Redis } from "ioredis"
import { afterAll, test } from "vitest"
import { createRedisQueue, openRedis } from "../src/index.js"
import { allKeys } from "./helpers/all-keys.js"
import { missing } from "./helpers/describe-if-installed.js"
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

const unable = missing(["redis-server", "redis-cli"])
if (unable) test.skip(`Redis Cluster queue (skipped: ${unable})`)

for (const [name, find] of unable ? servers.slice(0, 1) : servers) {
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
