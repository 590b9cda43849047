import type { BusFactor, Insight, Json } from "@assay/core"
import type { WeekActivity } from "@assay/git"
import type { RepositoryResults } from "../assay.js"
import type { ReportSummary } from "./repository-report.js"

type Row = Insight["rows"][number]

const leastOwners = 10

/**
 * The summary of a part of the history, made of the insights of that part. Scores of hotspots are those of the insight, which
 * looks at lines that are not blank.
 */
export async function summarizeInsights(
  results: Pick<RepositoryResults, "insight">,
  { values, snapshot, parameters }: Insight,
): Promise<ReportSummary> {
  const contributors = await results.insight("contributors", { limit: 5 })
  const languages = await results.insight("languages", { limit: 8 })
  const hotspots = await results.insight("hotspots", { limit: 5 })
  const churn = await results.insight("churn", { parameters: { by: "file" }, limit: "all" })
  const churnOf = new Map(churn.rows.filter((row) => row["present"] === true).map((row) => [row["path"], row]))
  const { number, commit, branch, committedAt } = snapshot
  // Programs that are left out of the ranking count in totals, unless they were asked to be left out.
  const hidden = parameters["bots"] === null ? numberOf(values["bots"]) : 0
  return {
    snapshot: { number, commit, branch, committedAt },
    totals: {
      commits: numberOf(values["commits"]),
      mergeCommits: numberOf(values["merges"]),
      contributors: numberOf(values["contributors"]) + hidden,
      files: numberOf(values["files"]),
      lines: numberOf(values["lines"]),
      additions: numberOf(values["added"]),
      deletions: numberOf(values["deleted"]),
    },
    topContributors: contributors.rows
      .filter((row) => numberOf(row["commits"]) > 0)
      .map((row) => ({
        name: String(row["name"]),
        email: String(row["email"]),
        commits: numberOf(row["commits"]),
        additions: numberOf(row["added"]),
        deletions: numberOf(row["deleted"]),
        filesTouched: numberOf(row["filesTouched"]),
        firstCommitAt: dateOf(row["firstAt"]),
        lastCommitAt: dateOf(row["lastAt"]),
      })),
    languages: languages.rows.map((row) => ({
      name: String(row["language"]),
      files: numberOf(row["files"]),
      bytes: numberOf(row["bytes"]),
      lines: numberOf(row["lines"]),
      share: numberOf(row["percent"]) / 100,
    })),
    hotspots: hotspots.rows
      .filter((row) => numberOf(row["revisions"]) > 0)
      .map((row) => ({
        path: String(row["path"]),
        commits: numberOf(row["revisions"]),
        linesChanged: numberOf(churnOf.get(row["path"])?.["churn"]),
        score: numberOf(row["score"]),
        category: row["category"] as ReportSummary["hotspots"][number]["category"],
        lastModifiedAt: dateOf(row["lastAt"]),
      })),
    busFactor: toBusFactor(await results.insight("bus-factor", { limit: "all" })),
    weeks: committedAt ? (values["recentWeeks"] as unknown as readonly WeekActivity[]) : [],
    lastCommitAt: dateOf(values["lastCommitAt"]),
  }
}

function toBusFactor({ values, rows, parameters }: Insight): BusFactor {
  const busFactor = numberOf(values["fileOwners"])
  const totalFiles = numberOf(values["ownedFiles"])
  const owned = (row: Row): number => numberOf(row["ownedFiles"])
  return {
    ...{ busFactor, totalFiles },
    threshold: numberOf(parameters["threshold"]),
    riskLevel: values["risk"] as BusFactor["riskLevel"],
    topContributors: rows
      .filter((row) => owned(row) > 0)
      // By address where equal: so they stand in the insight already when they have equally many commits.
      .sort((one, other) => owned(other) - owned(one) || (String(one["email"]) < String(other["email"]) ? -1 : 1))
      .slice(0, Math.max(busFactor, leastOwners))
      .map((row) => ({
        ...{ name: String(row["name"]), email: String(row["email"]) },
        ...{ filesOwned: owned(row), share: owned(row) / totalFiles },
      })),
  }
}

function numberOf(value: Json | undefined): number {
  return typeof value === "number" ? value : 0
}

function dateOf(value: Json | undefined): Date | undefined {
  return typeof value === "string" ? new Date(value) : undefined
}
