import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseRemoteUrl } from "@assay/git"
import { assayOptions } from "../assay-options.js"
import type { AssayOptions } from "../assay-options.js"
import type { RepositoryResults } from "../assay.js"
import { createAssay } from "../create-assay.js"
import { SetupError } from "../errors.js"
import { createJobProgress } from "../output/job-progress.js"
import { createLineLogger } from "../output/logger.js"
import type { Screen } from "../output/screen.js"
import { readSettings } from "../settings/read-settings.js"
import type { Settings } from "../settings/settings-schema.js"
import { filterResults } from "../report/filter-results.js"
import { checkGate, parseGate } from "../report/gate.js"
import type { Gate, GateResult } from "../report/gate.js"
import { readFilters } from "../report/insight-filters.js"
import type { FilterOptions } from "../report/insight-filters.js"
import { readChartInsights, readInsights } from "../report/read-insights.js"
import { readReport } from "../report/repository-report.js"
import { describeReport } from "../report/describe-report.js"
import { reportDocument } from "../report/report-document.js"
import { writeCharts, writeHtmlReport } from "../report/write-report.js"
import type { Console } from "./console.js"
import { startDeadline } from "./deadline.js"
import { followJob } from "./follow-job.js"
import { listenForInterruption } from "./interruption.js"

export interface AnalyzeOptions extends FilterOptions {
  branch?: string
  json?: boolean
  html?: string
  svg?: string
  failOn?: readonly string[]
  keep?: boolean
  dataDir?: string
  timeout?: string
  color?: boolean
}

/** `assay analyze`: one repository, from its URL to the result on stdout, without a service. */
export async function analyze(url: string, options: AnalyzeOptions, console: Console): Promise<void> {
  const { screen, style, resultStyle, resultColumns, print } = console
  const { settings, warnings } = readSettings({ flags: { ASSAY_DATA_DIR: options.dataDir } })
  const level = settings.LOG_LEVEL ?? "warn"
  const ofJobs = createLineLogger({ screen, style, level: level === "warn" ? "error" : level })
  // What becomes of the job is shown by its progress and in the end; once is enough.
  const logger = { ...createLineLogger({ screen, style, level }), child: ofJobs.child }
  for (const warning of warnings) logger.warn({}, warning)

  // What cannot be fetched anyway is said before anything is opened.
  parseRemoteUrl(url, { trusted: true })
  const filters = readFilters(options)
  const deadline = startDeadline(options.timeout)
  const interruption = listenForInterruption()
  const signal = AbortSignal.any([interruption.signal, deadline.signal])
  const place = choosePlace(settings, options)
  try {
    // One process that ends when it is done has nobody to ring for.
    const { redis: _unused, ...own } = assayOptions(settings)
    const assay = await createAssay({ ...own, ...place.options, role: "all", logger })
    try {
      signal.throwIfAborted()
      const { descriptions } = assay.insights
      const gates = (options.failOn ?? []).map((text) => parseGate(text, descriptions))
      const job = await assay.analyze(url, {
        trusted: true,
        ...(options.branch === undefined ? {} : { branch: options.branch }),
        ...(settings.ASSAY_GIT_TOKEN === undefined ? {} : { token: settings.ASSAY_GIT_TOKEN }),
      })
      const found = await followJob(job, createJobProgress({ screen, style }), signal)
      const results = filterResults(found, { filters, descriptions })
      const report = await readReport(results)
      const { html, svg } = options
      if (options.json || html !== undefined || svg !== undefined) {
        screen.live(`  ${style.dim("counting …")}`)
        const names = descriptions.map(({ name }) => name)
        const insights = await readInsights(results, names)
        if (options.json) print(JSON.stringify(reportDocument(report, insights), undefined, 2))
        const { repository } = results
        const sources = { repository, filters, insights: await readChartInsights(results, insights) }
        if (html !== undefined) await writeHtmlReport(html, sources)
        if (svg !== undefined) await writeCharts(svg, sources)
        screen.live(undefined)
      }
      if (!options.json) print(`${describeReport(report, { style: resultStyle, columns: resultColumns })}\n`)
      if (html !== undefined) screen.line(style.dim(`The report is in ${html}.`))
      if (svg !== undefined) screen.line(style.dim(`The plots are in ${svg}.`))
      const gated = await readGates(gates, results)
      for (const note of results.notes()) screen.line(note)
      checkGates(gated, screen)
      if (screen.interactive && !options.json)
        screen.line(style.dim(`Next: assay serve ${url}    keep it, with an API`))
    } finally {
      // Whatever still runs was ended by us: nobody waits for it.
      await assay.close({ graceMs: 0 })
    }
  } finally {
    place.leave()
    deadline.stop()
    interruption.stop()
  }
}

async function readGates(gates: readonly Gate[], results: Pick<RepositoryResults, "insight">): Promise<GateResult[]> {
  const read: GateResult[] = []
  for (const gate of gates) read.push(checkGate(gate, await results.insight(gate.insight, { limit: 1 })))
  return read
}

/** Throws `GATE_FAILED`, with all conditions that hold. */
function checkGates(results: readonly GateResult[], screen: Screen): void {
  const failed: string[] = []
  for (const { gate, value, failed: holds } of results) {
    if (value === undefined) screen.line(`The number of --fail-on ${gate.text} is not known; it holds nothing back.`)
    if (holds) failed.push(`${gate.text} holds: it is ${value}.`)
  }
  if (failed.length > 0) throw new SetupError("GATE_FAILED", failed.join("\n"))
}

/** A temporary folder and a database in memory, unless the user wants to keep what is found. */
function choosePlace(settings: Settings, options: AnalyzeOptions): { options: AssayOptions; leave: () => void } {
  if (options.keep || options.dataDir !== undefined) {
    return { options: { dataFolder: settings.ASSAY_DATA_DIR }, leave: () => {} }
  }
  const folder = mkdtempSync(join(tmpdir(), "assay-"))
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  // Also when a second Ctrl-C ends the process before it has put everything in order.
  process.once("exit", remove)
  return {
    options: { dataFolder: folder, databaseUrl: "memory:", mirrorsFolder: join(folder, "mirrors") },
    leave: () => {
      process.off("exit", remove)
      remove()
    },
  }
}
