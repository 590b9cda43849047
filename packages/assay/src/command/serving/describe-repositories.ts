import { repositoryJobTypes, repositoryStatus } from "@assay/core"
import type { Assay } from "../../assay.js"
import { formatCount, formatCounted } from "../../output/format.js"
import { padEnd, padStart, printable, shorten } from "../../output/printable.js"
import type { Style } from "../../output/style.js"
import { readReport } from "../../report/repository-report.js"
import { describeReport } from "../../report/describe-report.js"

const most = 20

export interface DescribeRepositoriesOptions {
  style: Style
  columns: number
  /** Of the API. */
  url: string | undefined
}

/** What a service that has nothing to do knows already: the report of its only repository, or a list. */
export async function describeRepositories(assay: Assay, options: DescribeRepositoriesOptions): Promise<string> {
  const { style, url } = options
  const { tenant } = assay.client
  const total = await assay.repositories.count(tenant)
  const repositories = await assay.repositories.list({ tenant, limit: most })
  const [only] = repositories
  if (!only)
    return "There is no repository yet. POST /api/v1/repositories registers one; or start with a URL or path.\n"
  if (total === 1 && only.snapshot) {
    return `\n${describeReport(await readReport(await assay.results(only)), options)}\n`
  }
  const ids = repositories.map(({ id }) => id)
  const jobs = await assay.client.latestOfRepositories(ids, repositoryJobTypes)
  const rows = repositories.flatMap((repository) => {
    const { id, name, snapshot } = repository
    const figures = snapshot
      ? padStart(formatCounted(snapshot.totals.commits, "commit"), 18) +
        padStart(formatCounted(snapshot.totals.contributors, "person", "people"), 14)
      : ""
    const job = jobs.get(id)
    const status = repositoryStatus(repository, job)
    const row = `  ${style.dim(padStart(String(id), 4))}  ${padEnd(shorten(printable(name), 40), 40)}  ${padEnd(status, 10)}${figures}`
    if (status !== "failed" || !job?.failure) return [row]
    const again = url === undefined ? "" : ` Ask again: curl -X POST ${url}/api/v1/repositories/${id}/index`
    return [row, `        ${style.yellow(printable(job.failure.message))}${style.dim(again)}`]
  })
  const more = total > repositories.length ? [style.dim(`  and ${formatCount(total - repositories.length)} more`)] : []
  return ["", style.bold(formatCounted(total, "repository", "repositories")), ...rows, ...more, ""].join("\n")
}
