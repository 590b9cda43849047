import { execFile } from "node:child_process"
import { promisify } from "node:util"
import { eventually } from "./eventually.js"
import { startRedis, withClient } from "./redis-server.js"
import type { RedisServer } from "./redis-server.js"

export interface RedisCluster extends AsyncDisposable {
  readonly nodes: readonly RedisServer[]
  /** Leads to one of the nodes, as a configuration endpoint does. */
  readonly url: string
}

/** Three nodes without replicas, the smallest cluster that there is. */
export async function startCluster(): Promise<RedisCluster> {
  const flags = ["--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no"]
  const nodes = await Promise.all([1, 2, 3].map(() => startRedis(flags)))
  const addresses = nodes.map(({ port }) => `127.0.0.1:${port}`)
  await promisify(execFile)("redis-cli", ["--cluster", "create", ...addresses, "--cluster-yes"])
  // Every node waits for a while before it believes in the others.
  for (const { url } of nodes) {
    await withClient(url, (client) =>
      eventually(async () => (await client.cluster("INFO")).includes("cluster_state:ok")),
    )
  }
  return {
    nodes,
    url: nodes[0]?.url ?? "",
    async [Symbol.asyncDispose]() {
      for (const node of nodes) await node[Symbol.asyncDispose]()
    },
  }
}
