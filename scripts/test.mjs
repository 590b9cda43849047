// `npm test`: from a bare clone to the result of every test, against real servers that are gone afterwards. Arguments go to
// vitest: `npm test -- packages/core`, `npm test -- --project git`. The last line is always `N passed, N failed`.
import { constants } from "node:os"
import { prepare } from "./bootstrap/prepare.mjs"
import { Problem } from "./bootstrap/problem.mjs"
import { rootFolder } from "./bootstrap/workspace.mjs"
import { startServices } from "./services/start-services.mjs"
import { printCounts, runVitest } from "./testing/run-vitest.mjs"

const interruption = new AbortController()
/** @type {NodeJS.Signals | undefined} */
let received
for (const signal of /** @type {NodeJS.Signals[]} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => {
    received ??= signal
    interruption.abort()
  })
}

const counts = await run().catch((error) => {
  console.error(error instanceof Problem ? `\n${error.message}` : error)
  return { passed: 0, failed: 1, skipped: [], problems: ["the tests could not be run"] }
})
printCounts(counts)
process.exitCode = received ? 128 + constants.signals[received] : counts.failed > 0 ? 1 : 0

async function run() {
  await prepare({ types: true })
  const services = await startServices()
  try {
    return await runVitest(process.argv.slice(2), {
      cwd: rootFolder,
      scratchFolder: services.folder,
      environment: services.environment,
      signal: interruption.signal,
    })
  } finally {
    await services.stop()
  }
}
