import { rename, rm, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { randomUUID } from "node:crypto"
import { chartNames, renderChart, renderReport } from "@assay/charts"
import { makeFolder } from "@assay/core"
import type { Insight, Repository } from "@assay/core"
import { SetupError } from "../errors.js"
import type { InsightFilters } from "./insight-filters.js"

export interface ReportSources {
  readonly repository: Repository
  readonly filters: InsightFilters
  /** By the keys that charts know them by. */
  readonly insights: Readonly<Record<string, Insight>>
}

/** One HTML file that needs nothing else. */
export async function writeHtmlReport(file: string, { repository, filters, insights }: ReportSources): Promise<void> {
  const { commit, branch, committedAt } = Object.values(insights)[0]!.snapshot
  const { name, url } = repository
  const html = renderReport({
    repository: { name, url, branch, commit, committedAt },
    ...{ insights, filters },
    createdAt: new Date(),
  })
  await writeWhole(file, html)
}

/** An SVG per chart, in a folder that is made if it is missing. */
export async function writeCharts(folder: string, { repository, insights }: ReportSources): Promise<void> {
  for (const name of chartNames) {
    await writeWhole(join(folder, `${name}.svg`), renderChart(name, insights, { repository: repository.name }))
  }
}

/** In place at once, or not at all: a report that was there before is not lost half-way. */
async function writeWhole(file: string, text: string): Promise<void> {
  const unfinished = `${file}.${randomUUID()}`
  try {
    makeFolder(dirname(file))
    await writeFile(unfinished, text)
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {})
    throw new SetupError("FILE_UNWRITABLE", `${file} cannot be written: ${(error as Error).message}.`, {
      cause: error,
      hint: "Choose another place for it.",
    })
  }
}
