// The API of the chaos run: takes jobs by HTTP and answers 202 once they are in the store, 503 when they are not.
import { createServer } from "node:http"
import { json } from "node:stream/consumers"
import * as core from "#core"
import { chaosTask } from "./definition.mjs"
import { openRuntime, report, retried } from "./parts.mjs"

const { runtime } = await openRuntime("api")
await retried(() => runtime.start())

const server = createServer(async (request, response) => {
  try {
    const work = /** @type {import("./definition.mjs").Work} */ (await json(request))
    const handle = await runtime.client.enqueue(chaosTask, work, { idempotencyKey: `number ${work.number}` })
    response.writeHead(202).end(handle.id)
  } catch (error) {
    response.writeHead(core.AssayError.isInstance(error) && error.retryable ? 503 : 500).end(String(error))
  }
})
server.listen(Number(process.env.PORT), "127.0.0.1", () => report({ ready: "api" }))
