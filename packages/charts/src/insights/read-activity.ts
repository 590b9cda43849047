import type { ActivityByAuthorData } from "../charts/activity-by-author.js"
import type { InsightTable } from "./insight-table.js"
import { readDay, readNumber, readText } from "./read-value.js"

/** Commits by month and person, of the insight `activity` by person; of everyone together, where its rows are of everyone. */
export function readActivity(activity: InsightTable | undefined): ActivityByAuthorData | undefined {
  if (!activity || activity.parameters["by"] === "team") return undefined
  const { rows } = activity
  const months = new Set<string>()
  const authors = new Map<string, { name: string; commits: Map<string, number> }>()
  for (const row of rows) {
    const month = readDay(row, "start", "month", "date")?.slice(0, 7)
    if (!month) continue
    months.add(month)
    const name = readText(row, "name", "author", "person") ?? "everyone"
    // Two people of the same name are two, if they can be told apart.
    const key = readText(row, "email") ?? name
    const author = authors.get(key) ?? { name, commits: new Map<string, number>() }
    author.commits.set(month, (author.commits.get(month) ?? 0) + (readNumber(row, "commits") ?? 0))
    authors.set(key, author)
  }
  const sorted = [...months].sort()
  const series = [...authors.values()].map(({ name, commits }) => ({
    name,
    commits: sorted.map((month) => commits.get(month) ?? 0),
  }))
  return { months: sorted, authors: series }
}
