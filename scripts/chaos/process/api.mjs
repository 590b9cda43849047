// The API of the chaos run: takes jobs by HTTP and answers 202 once they are in the store, 503 when they are not.
import { createServer } from "node:http"
import { json } from "node:stream/consumers"
import * as core from "#core"
import * as analysis from "#analysis"
import { chaosAnalysis, chaosTask } from "./definition.mjs"
import { openRuntime, report, retried } from "./parts.mjs"

const { runtime, database, store, repositories, potpie } = await openRuntime("api")
const { client } = runtime
await retried(() => runtime.start())
const analyses = analysis.createAnalyses({
  ...{ database, store, repositories, potpie, client, definition: chaosAnalysis },
  reader: /** @type {import("#postgres").JobParts["store"] & import("#analysis").AnalysisJobReader} */ (store),
  parseRepositoryUrl: (name) => ({ url: `https://example.org/${name}`, key: name, name }),
  ...{ queueName: "chaos", maxConcurrency: 20, maxAttempts: 100 },
  sweep: () => runtime.recovery.sweep(),
})

const server = createServer(async (request, response) => {
  try {
    const id = await take(/** @type {Asked} */ (await json(request)))
    response.writeHead(202).end(id)
  } catch (error) {
    response.writeHead(core.AssayError.isInstance(error) && error.retryable ? 503 : 500).end(String(error))
  }
})
/** @typedef {import("./definition.mjs").Work | { redrive: import("#core").JobId }} Asked */

/** @param {Asked} asked */
async function take(asked) {
  if ("redrive" in asked) return (await client.redrive(asked.redrive)).id
  const idempotencyKey = `number ${asked.number}`
  if (asked.kind !== "analysis") return (await client.enqueue(chaosTask, asked, { idempotencyKey })).id
  const question = { repo: `chaos/repository-${asked.number}`, question: `What does number ${asked.number} ask?` }
  return (await analyses.request(question, { tenant: client.tenant, idempotencyKey })).id
}

server.listen(Number(process.env.PORT), "127.0.0.1", () => report({ ready: "api" }))
