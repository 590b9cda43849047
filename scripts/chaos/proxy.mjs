import { once } from "node:events"
import { connect, createServer } from "node:net"

/**
 * Stands between a process and a server. While it is silent it keeps all connections open and passes nothing on, in either
 * direction, as a network does that lost a route: neither side is told that the other is gone.
 *
 * @typedef {object} Proxy
 * @property {number} port
 * @property {() => void} silence
 * @property {() => void} resume passes on what was held back
 * @property {() => void} cut ends all connections
 * @property {() => Promise<void>} close
 */

/**
 * @param {number} target a port of the loopback interface
 * @returns {Promise<Proxy>}
 */
export async function createProxy(target) {
  /** @type {Set<import("node:net").Socket>} */
  const sockets = new Set()
  let silent = false

  const server = createServer((near) => {
    const far = connect(target, "127.0.0.1")
    pass(near, far)
    pass(far, near)
  }).listen(0, "127.0.0.1")

  /** @param {import("node:net").Socket} from @param {import("node:net").Socket} to */
  function pass(from, to) {
    sockets.add(from)
    from.on("error", () => {})
    from.on("data", (chunk) => {
      if (!to.write(chunk)) from.pause()
    })
    to.on("drain", () => {
      if (!silent) from.resume()
    })
    from.on("close", () => {
      sockets.delete(from)
      // The end of a connection is a message, too, and gets lost with the others.
      if (!silent) to.destroy()
    })
    if (silent) from.pause()
  }

  await once(server, "listening")
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address())

  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port,
    silence() {
      silent = true
      for (const socket of sockets) socket.pause()
    },
    resume() {
      silent = false
      for (const socket of sockets) socket.resume()
    },
    cut,
    async close() {
      server.close()
      cut()
      await once(server, "close")
    },
  }
}
