import type { RepositoryResults } from "../../assay.js"
import { printable } from "../../output/printable.js"
import { createStyle } from "../../output/style.js"
import { readReport } from "../../report/repository-report.js"
import { describeReport } from "../../report/describe-report.js"
import type { JobProgressView } from "../../output/job-progress.js"
import type { Settings } from "../../settings/settings-schema.js"
import type { Console } from "../console.js"
import { exitCode } from "../exit-code.js"
import { followJob } from "../follow-job.js"
import { describeProblem, toProblem } from "../problem.js"
import { describeRepositories } from "./describe-repositories.js"
import { describeUrls } from "./describe-urls.js"
import { beginWork } from "./initial-work.js"
import type { InitialJob } from "./initial-work.js"
import type { Service } from "./service.js"

export interface ShowInitialWorkOptions {
  repositories: readonly string[]
  firstRunSample: string | undefined
  settings: Settings
  console: Console
  signal: AbortSignal
  progressOf: (label: string | undefined) => JobProgressView
}

/**
 * Begins the work that a service starts with, shows it, and then what came of it. A repository that cannot be read is said
 * and does not end the service.
 */
export async function showInitialWork(service: Service, options: ShowInitialWorkOptions): Promise<void> {
  const { assay, url } = service
  const { settings, console, signal } = options
  const { print, resultStyle: style, resultColumns: columns } = console
  const jobs = await beginWork(assay, {
    repositories: options.repositories,
    firstRunSample: options.firstRunSample,
    dataFolder: settings.ASSAY_DATA_DIR,
    token: settings.ASSAY_GIT_TOKEN,
    say: print,
  })
  if (settings.ASSAY_ROLE === "api") {
    if (jobs.length > 0) print(`A worker will read ${jobs.map(({ name }) => printable(name)).join(", ")}.`)
    return
  }
  const shown: RepositoryResults[] = []
  for (const initial of jobs) {
    const results = await show(initial, jobs.length > 1, options)
    if (signal.aborted) return
    if (!results) continue
    shown.push(results)
    print(`\n${describeReport(await readReport(results), { style, columns })}\n`)
  }
  if (jobs.length === 0) print(await describeRepositories(assay, { style, columns, url }))
  const [first] = shown
  if (url !== undefined) print(describeUrls(url, { style, repositoryId: first?.repository.id }))
}

async function show(
  initial: InitialJob,
  several: boolean,
  options: ShowInitialWorkOptions,
): Promise<RepositoryResults | undefined> {
  const { console, signal, progressOf } = options
  try {
    const results = await followJob(initial.job, progressOf(several ? initial.name : undefined), signal)
    if (!initial.instead || results.snapshot.totals.commits > 0) return results
    console.print("It has no commits yet.")
    return show(await initial.instead(), several, options)
  } catch (error) {
    if (signal.aborted) return undefined
    const problem = toProblem(error)
    const unreadable = problem.exitCode === exitCode.source || problem.code === "GIT_FAILED"
    if (initial.instead && unreadable) {
      console.print(`It cannot be read: ${problem.message}`)
      return show(await initial.instead(), several, options)
    }
    console.print(
      describeProblem(
        { ...problem, message: `${initial.name}: ${problem.message}` },
        createStyle(console.resultStyle.coloured),
      ),
    )
    return undefined
  }
}
