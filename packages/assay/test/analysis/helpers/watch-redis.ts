import { Redis } from "ioredis"
import { onTestFinished } from "vitest"

/** Everything that a Redis server is told, and everything that it holds. */
export interface RedisWatch {
  /** Commands so far, with their arguments, as MONITOR shows them. */
  readonly commands: readonly string[]
  /** The name, the type and the whole value of every key of every database. */
  dump(): Promise<string[]>
}

export async function watchRedis(port: number): Promise<RedisWatch> {
  const redis = new Redis(port, "127.0.0.1")
  const monitor = await redis.monitor()
  const commands: string[] = []
  monitor.on("monitor", (_time: string, args: string[]) => commands.push(args.join(" ")))
  onTestFinished(() => {
    monitor.disconnect()
    redis.disconnect()
  })
  const read: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => redis.getBuffer(key).then((bytes) => bytes?.toString("latin1")),
    list: (key) => redis.lrange(key, 0, -1),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, "0", "-1", "WITHSCORES"),
    hash: (key) => redis.hgetall(key),
    stream: (key) => redis.xrange(key, "-", "+"),
  }
  return {
    commands,
    async dump() {
      const entries: string[] = []
      for (const database of [0, 1]) {
        await redis.select(database)
        for (const key of await redis.keys("*")) {
          const type = await redis.type(key)
          const reader = read[type]
          if (!reader && type !== "none") throw new Error(`${key} is of the type ${type}, which nobody looks into.`)
          entries.push(`${key} (${type}): ${JSON.stringify(await reader?.(key))}`)
        }
      }
      await redis.select(0)
      return entries
    },
  }
}
