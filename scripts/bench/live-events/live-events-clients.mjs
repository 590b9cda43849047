// A process that holds Socket.IO clients, and notes when each of them heard what.
import { WebSocket } from "./dependencies.mjs"

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
      await Promise.all(Array.from({ length: Math.min(100, count - index) }, () => connect(port, job)))
    }
    process.send?.(true)
  }
})

/**
 * A client of Socket.IO's protocol with nothing else to it: what a thousand whole ones in one process would measure is
 * mostly themselves.
 *
 * @param {number} port
 * @param {string} job
 */
async function connect(port, job) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false,
  })
  await new Promise((resolve, reject) => {
    socket.on("error", reject)
    socket.on("close", () => reject(new Error("a connection was closed")))
    socket.on("message", (/** @type {Buffer} */ data) => {
      const text = data.toString("latin1")
      if (text.startsWith('42["event"')) {
        heard.push([Number(/"seq":(\d+)/.exec(text)?.[1]), String(process.hrtime.bigint())])
      } else if (text === "2") socket.send("3")
      else if (text.startsWith("0")) socket.send("40")
      else if (text.startsWith("40")) socket.send(`420${JSON.stringify(["join_project", job, { only: "event" }])}`)
      else if (text.startsWith("430")) resolve(undefined)
    })
  })
}
