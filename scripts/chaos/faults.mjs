import { once } from "node:events"
import { connect } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"

/**
 * What is done to the service under test. Each resolves when everything is whole again.
 *
 * @typedef {object} Scene
 * @property {import("./random.mjs").Random} random
 * @property {number} leaseMs
 * @property {import("./member.mjs").Member} api
 * @property {{ member: import("./member.mjs").Member, proxies: import("./proxy.mjs").Proxy[] }[]} workers
 * @property {import("./servers.mjs").Server} postgres
 * @property {import("./servers.mjs").Server | undefined} redis
 * @property {import("#postgres").PostgresDatabase} database
 * @property {(pid: number | undefined) => void} struck notes that the worker of that process cannot go on from now
 * @property {Set<object>} busy workers to which something is being done
 */

/** @type {Record<string, (scene: Scene) => Promise<void>>} */
export const faults = {
  "kill -9 of a worker": (scene) =>
    withWorker(scene, async ({ member }) => {
      scene.struck(member.pid())
      await member.kill()
      await sleep(scene.random.between(50, 800))
      await member.start()
    }),

  "kill -9 of the API": async ({ api, random }) => {
    await api.kill()
    await sleep(random.between(50, 500))
    await api.start()
  },

  "SIGSTOP longer than the lease": (scene) =>
    withWorker(scene, async ({ member }) => {
      scene.struck(member.pid())
      member.send("SIGSTOP")
      await sleep(scene.leaseMs * (1.2 + scene.random.next()))
      member.send("SIGCONT")
    }),

  "half-open connections of a worker": (scene) =>
    withWorker(scene, async ({ member, proxies }) => {
      scene.struck(member.pid())
      for (const proxy of proxies) proxy.silence()
      await sleep(scene.leaseMs * (0.5 + scene.random.next() * 2))
      // Half of the times what was held back arrives late; the others, it never does.
      if (scene.random.next() < 0.5) for (const proxy of proxies) proxy.cut()
      for (const proxy of proxies) proxy.resume()
    }),

  "end of all database connections": async ({ database }) => {
    await database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    )
  },

  "restart of PostgreSQL": async ({ postgres, random }) => {
    await postgres.kill()
    await sleep(random.between(100, 1500))
    await postgres.start()
  },

  "FLUSHALL of Redis": async ({ redis }) => {
    if (redis) await command(redis.port, "FLUSHALL")
  },

  "restart of Redis": async ({ redis, random }) => {
    await redis?.kill()
    await sleep(random.between(100, 1500))
    await redis?.start()
  },
}

/** Faults that need a Redis to happen to. */
export const redisFaults = new Set(["FLUSHALL of Redis", "restart of Redis"])

/**
 * @param {Scene} scene
 * @param {(worker: Scene["workers"][number]) => Promise<void>} work
 */
async function withWorker(scene, work) {
  const free = scene.workers.filter((worker) => !scene.busy.has(worker))
  // One is left alone, so that there is somebody to take over.
  if (free.length <= 1) return
  const worker = scene.random.pick(free)
  scene.busy.add(worker)
  try {
    await work(worker)
  } finally {
    scene.busy.delete(worker)
  }
}

/**
 * @param {number} port
 * @param {string} words
 */
async function command(port, words) {
  const socket = connect(port, "127.0.0.1")
  try {
    await once(socket, "connect")
    socket.write(`${words}\r\n`)
    await once(socket, "data")
  } catch {
    // It is being restarted: there is nothing to flush.
  } finally {
    socket.destroy()
  }
}
