import type { Redis } from "ioredis"
import { Cluster } from "ioredis"

/** Every key that begins with `prefix`, on whichever node, with all that is in it, as text. */
export async function allKeys(client: Redis | Cluster, prefix: string): Promise<Map<string, string>> {
  const nodes = client instanceof Cluster ? client.nodes("master") : [client]
  const found = new Map<string, string>()
  for (const node of nodes) {
    for (const key of await node.keys(`${prefix.replace(/[[\]{}*?\\]/g, "\\$&")}*`)) {
      found.set(key, await contentOf(node, key))
    }
  }
  return found
}

async function contentOf(node: Redis, key: string): Promise<string> {
  const type = await node.type(key)
  const read: Record<string, () => Promise<unknown>> = {
    string: () => node.get(key),
    list: () => node.lrange(key, 0, -1),
    set: () => node.smembers(key),
    zset: () => node.zrange(key, "0", "-1", "WITHSCORES"),
    hash: () => node.hgetall(key),
    stream: () => node.xrange(key, "-", "+"),
    none: async () => "",
  }
  const ask = read[type]
  if (!ask) throw new Error(`${key} is a ${type}, which nobody looks into yet.`)
  return JSON.stringify(await ask())
}
