import type { ServerResponse } from "node:http"
import { setTimeout } from "node:timers/promises"
import type { FakeAnswer } from "./fake-answer.js"
import type { FakeReply } from "./fake-reply.js"
import { pythonJson } from "./python-json.js"

/** Writes a route's answer, with the faults that its run was given. */
export async function sendReply(response: ServerResponse, reply: FakeReply): Promise<void> {
  const faults = reply.faults ?? {}
  if ("json" in reply && faults.delayMs) await setTimeout(faults.delayMs, undefined, { ref: false })
  if (faults.hang === "headers") return
  const isStreamed = "stream" in reply
  response.writeHead(200, { "content-type": isStreamed ? "text/event-stream; charset=utf-8" : "application/json" })
  response.flushHeaders()
  const write = createWrite(response, faults)
  for await (const text of isStreamed ? toTexts(reply.stream) : [JSON.stringify(reply.json)]) {
    if (response.destroyed || !(await write(Buffer.from(text)))) return
    if (faults.hang === "body") return
  }
  response.end()
}

async function* toTexts(stream: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const piece of stream) yield pythonJson(piece)
}

/** Writes some bytes, as the faults have them; whether the body goes on. */
function createWrite(response: ServerResponse, faults: FakeAnswer): (bytes: Buffer) => Promise<boolean> {
  let left = faults.cutAfterBytes ?? faults.endAfterBytes ?? Infinity
  return async (bytes) => {
    const wanted = bytes.subarray(0, Math.min(left, bytes.length))
    left -= wanted.length
    const size = faults.chunkBytes ?? Math.max(1, wanted.length)
    for (let start = 0; start < wanted.length; start += size) {
      if (!(await flush(response, wanted.subarray(start, start + size)))) return false
    }
    if (left > 0) return true
    if (faults.cutAfterBytes === undefined) response.end()
    else response.destroy()
    return false
  }
}

/** False once the connection is gone: a write to it ends with an error then, at once or when it breaks. */
function flush(response: ServerResponse, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => response.write(bytes, (error) => resolve(!error)))
}
