// A process that holds Socket.IO clients, and notes when each of them heard what.
import { WebSocket, io } from "./dependencies.mjs"

/** @type {[number, string][]} */
const heard = []
let listening = 0

process.on("message", async (/** @type {{ what: string, about: any }} */ { what, about }) => {
  if (what === "connect") {
    const { port, job, listeners, silent, others } = about
    for (let index = 0; index < listeners + others; index++) await connect(port, index < listeners ? job : silent)
    listening = listeners
    process.send?.(true)
  }
  if (what === "heard") {
    const giveUpAt = Date.now() + 10_000
    while (heard.length < listening * about && Date.now() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    process.send?.(heard)
  }
  if (what === "idle") {
    const { port, job, count } = about
    for (let index = 0; index < count; index += 100) {
      await Promise.all(Array.from({ length: Math.min(100, count - index) }, () => waitOnly(port, job)))
    }
    process.send?.(true)
  }
})

/** @param {number} port @param {string} job */
async function connect(port, job) {
  const socket = io(`http://127.0.0.1:${port}`, { transports: ["websocket"], forceNew: true })
  socket.on("event", (/** @type {{ seq: number }} */ { seq }) => {
    heard.push([seq, String(process.hrtime.bigint())])
  })
  await socket.emitWithAck("join_project", job)
}

/**
 * A client of the same protocol that needs less memory: of these, there are many.
 *
 * @param {number} port
 * @param {string} job
 */
async function waitOnly(port, job) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false,
  })
  await new Promise((resolve, reject) => {
    socket.on("error", reject)
    socket.on("close", () => reject(new Error("a connection was closed")))
    socket.on("message", (/** @type {Buffer} */ data) => {
      const text = String(data)
      if (text.startsWith("0")) socket.send("40")
      if (text === "2") socket.send("3")
      if (text.startsWith("40")) socket.send(`420${JSON.stringify(["join_project", job])}`)
      if (text.startsWith("430")) resolve(undefined)
    })
  })
}
