#!/usr/bin/env node
// Asks Potpie about a repository through a running service, and shows what happens until the answer is there.
import { describeAnswer } from "./src/describe-answer.js"
import { exitCodes } from "./src/exit-codes.js"
import { followAnalysis } from "./src/follow-analysis.js"
import { printable } from "./src/printable.js"
import { readArguments, usage } from "./src/read-arguments.js"
import { requestAnalysis } from "./src/request-analysis.js"
import { WatchError } from "./src/watch-error.js"

process.exitCode = await main()

async function main() {
  const interruption = new AbortController()
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.once(signal, () => interruption.abort())
  /** @type {string | undefined} */
  let status
  try {
    const request = readArguments(process.argv.slice(2), process.env)
    if (request.help) {
      console.log(usage)
      return exitCodes.finished
    }
    const say = request.json ? console.error : console.log
    const queued = await requestAnalysis(request, interruption.signal)
    status = `${request.url}/status/${queued.projectId}`
    say(`${request.repo}, branch ${request.branch}: ${printable(queued.message)}`)
    say(`Project ${queued.projectId}${queued.position === undefined ? "" : `, number ${queued.position} in the queue`}`)
    const { signal } = interruption
    const outcome = await followAnalysis({ ...request, projectId: queued.projectId }, { say, signal })
    if (outcome.error !== undefined) {
      console.error(`Analysis failed: ${printable(outcome.error)}`)
      return exitCodes.failed
    }
    console.log(request.json ? JSON.stringify(outcome.data, undefined, 2) : describeAnswer(outcome.data))
    return exitCodes.finished
  } catch (error) {
    if (interruption.signal.aborted) {
      if (status) console.error(`\nNo longer watching. The analysis goes on: ${status}`)
      return exitCodes.interrupted
    }
    if (!(error instanceof WatchError)) throw error
    console.error(printable(error.message))
    return error.exitCode
  }
}
