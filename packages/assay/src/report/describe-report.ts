import type { Insight } from "@assay/core"
import { formatCount, formatCounted, formatShare, formatSpan, sparkline } from "../output/format.js"
import { padEnd, padStart, printable, shorten, shortenPath } from "../output/printable.js"
import type { Style } from "../output/style.js"
import { filterNames, optionOf } from "./insight-filters.js"
import type { RepositoryReport } from "./repository-report.js"

export interface DescribeReportOptions {
  style: Style
  /** The longest line. */
  columns: number
  /** Default: the system's time. */
  now?: Date
}

const labelColumns = 13

/** The report for people, in a dozen lines. */
export function describeReport(report: RepositoryReport, options: DescribeReportOptions): string {
  const { style } = options
  const { summary } = report
  if (summary.totals.commits === 0) {
    const why = isFiltered(report) ? `No commit is left by ${filtersOf(report)}.` : "There are no commits yet."
    return `${headline(report, style)}\n\n  ${why}`
  }
  return [
    headline(report, style),
    "",
    ...row("Only", isFiltered(report) ? filtersOf(report) : undefined, style),
    ...row("Size", size(report), style),
    ...row("Languages", languages(report, options), style),
    ...row("Activity", activity(report, options), style),
    ...row("People", people(report, options), style),
    ...row("Bus factor", busFactor(report, options), style),
    ...hotspots(report, options),
  ].join("\n")
}

function isFiltered({ filters }: RepositoryReport): boolean {
  return Object.keys(filters).length > 0
}

/** As they were given, on one line: a file of commits is told by how many there are. */
function filtersOf({ filters, numbers: { parameters } }: RepositoryReport): string {
  return filterNames
    .flatMap((name) => {
      const text = filters[name]
      if (text === undefined) return []
      const { ignoreCommits } = parameters
      const ids = Array.isArray(ignoreCommits) ? ignoreCommits.length : 0
      return `${optionOf(name)} ${name === "ignoreCommits" ? `(${formatCounted(ids, "commit")})` : shorten(printable(text), 40)}`
    })
    .join("  ")
}

function headline({ repository, summary, numbers: { values }, filters }: RepositoryReport, style: Style): string {
  const { commit, branch } = summary.snapshot
  const { commits } = summary.totals
  const [people, all] = [Number(values["contributors"] ?? 0), Number(values["bots"] ?? 0)]
  const bots = filters.bots === undefined || filters.bots === "hide" ? all : 0
  return [
    style.bold(printable(repository.name)),
    ...(branch === "" ? [] : [`${printable(branch)} @ ${commit.slice(0, 7)}`]),
    formatCounted(commits, "commit"),
    (filters.bots === "only" ? formatCounted(people, "bot") : formatCounted(people, "person", "people")) +
      (bots > 0 ? ` (${formatCounted(bots, "bot")} hidden)` : ""),
  ].join(style.dim(" · "))
}

function row(label: string, text: string | undefined, style: Style): string[] {
  return text === undefined ? [] : [`  ${style.dim(padEnd(label, labelColumns))}${text}`]
}

function size(report: RepositoryReport): string {
  const { totals } = report.summary
  // Files are those of the snapshot, whatever commits were chosen.
  const of = isFiltered(report) ? "by these commits" : "in all"
  const changed = `+${formatCount(totals.additions)} −${formatCount(totals.deletions)} ${of}`
  return `${formatCounted(totals.files, "file")}, ${formatCounted(totals.lines, "line")} (${changed})`
}

function languages({ summary }: RepositoryReport, { columns }: DescribeReportOptions): string | undefined {
  if (summary.languages.length === 0) return undefined
  const parts = summary.languages.map(({ name, share }) => `${printable(name)} ${formatShare(share)}`)
  return joinWithin(parts, columns - labelColumns - 2)
}

function activity(
  { summary }: RepositoryReport,
  { style, now = new Date() }: DescribeReportOptions,
): string | undefined {
  const { weeks, lastCommitAt } = summary
  if (weeks.length === 0 || !lastCommitAt) return undefined
  const last = `last commit ${ago(lastCommitAt, now)}`
  const sum = weeks.reduce((total, { commits }) => total + commits, 0)
  return `${style.green(sparkline(weeks.map(({ commits }) => commits)))}  ${formatCounted(sum, "commit")} in its last ${weeks.length} weeks, ${last}`
}

function ago(moment: Date, now: Date): string {
  return now.getTime() - moment.getTime() < 86_400_000 ? "today" : `${formatSpan(moment, now)} ago`
}

function people({ summary }: RepositoryReport, { columns }: DescribeReportOptions): string | undefined {
  const { topContributors, totals } = summary
  if (topContributors.length === 0) return undefined
  const commits = Math.max(1, totals.commits - totals.mergeCommits)
  const parts = topContributors.map(
    (person) => `${shorten(printable(person.name), 24)} ${formatShare(person.commits / commits)}`,
  )
  return joinWithin(parts, columns - labelColumns - 2)
}

function busFactor(
  { summary, numbers }: RepositoryReport,
  { style, columns }: DescribeReportOptions,
): string | undefined {
  const { busFactor: factor } = summary
  if (factor.riskLevel === "unknown") return undefined
  const paint = { high: style.red, medium: style.yellow, low: style.green }[factor.riskLevel]
  const owners = factor.topContributors
    .slice(0, Math.min(3, factor.busFactor))
    .map(({ name, share }) => `${shorten(printable(name), 24)} ${formatShare(share)}`)
  const head = `${factor.busFactor}  ${factor.riskLevel} risk`
  const others = otherFactors(numbers)
  const room = columns - labelColumns - head.length - others.length - 18
  const who = owners.length === 0 ? "" : `  ${joinWithin(owners, room)} of the files`
  return `${paint(style.bold(head))}${style.dim(who + others)}`
}

/** The other two, so that nobody takes the first for the only one there is. */
function otherFactors({ values }: Insight): string {
  const named = [
    ["truck factor", values["truckFactor"]],
    ["absence factor", values["caf"]],
  ].filter(([, value]) => typeof value === "number")
  return named.length === 0 ? "" : ` (${named.map(([name, value]) => `${name} ${value}`).join(", ")})`
}

function hotspots({ summary }: RepositoryReport, { style, columns }: DescribeReportOptions): string[] {
  if (summary.hotspots.length === 0) return []
  const width = Math.min(columns - 40, Math.max(...summary.hotspots.map(({ path }) => path.length)))
  const rows = summary.hotspots.map(({ path, score, commits, linesChanged, category }) =>
    [
      padStart(score.toFixed(0), 15),
      padStart(formatCount(commits), 9),
      padStart(formatCount(linesChanged), 9),
      ` ${padEnd(shortenPath(printable(path), width), width)}`,
      style.dim(category),
    ].join(" "),
  )
  const titles = `  ${padEnd("Hotspots", labelColumns - 6)}${padStart("score", 6)} ${padStart("commits", 9)} ${padStart("lines ±", 9)}  file`
  return ["", style.dim(titles), ...rows]
}

/** As many parts as fit, separated by two blanks; at least one. */
function joinWithin(parts: readonly string[], columns: number): string {
  let line = parts[0] ?? ""
  for (const part of parts.slice(1)) {
    if (line.length + 2 + part.length > columns) break
    line += `  ${part}`
  }
  return line
}
