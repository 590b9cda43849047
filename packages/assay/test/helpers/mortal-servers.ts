import { chmodSync } from "node:fs"
import { onTestFinished } from "vitest"
import { temporaryFolder } from "./temporary-folder.js"

/** A server of this test's own, which can die and come back on the same port. */
export interface MortalServer {
  readonly url: string
  readonly port: number
  kill(): Promise<void>
  start(): Promise<void>
}

interface Servers {
  canKillServers(): boolean
  startPostgres(parent: string): Promise<MortalServer>
  startRedis(parent: string): Promise<MortalServer>
}

const servers = (await import(
  new URL("../../../../scripts/chaos/servers.mjs", import.meta.url).href
)) as unknown as Servers

/** Empty, or what to put behind the names of tests that have to be skipped. */
export const whyNoServers = servers.canKillServers()
  ? ""
  : " (skipped: this machine has no PostgreSQL and Redis of its own to be killed)"

export async function mortalServers(): Promise<{ postgres: MortalServer; redis: MortalServer }> {
  const folder = temporaryFolder()
  // They run as users of their own.
  chmodSync(folder, 0o755)
  const [postgres, redis] = await Promise.all([servers.startPostgres(folder), servers.startRedis(folder)])
  onTestFinished(async () => {
    await Promise.all([postgres.kill(), redis.kill()])
  })
  return { postgres, redis }
}
