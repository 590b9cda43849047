import type { ActivityByAuthorData } from "../charts/activity-by-author.js"
import type { InsightTable, Row } from "./insight-table.js"
import { readDay, readNumber, readRows, readText } from "./read-value.js"

/** Commits by month and person, of the insight `activity`; of everyone together, where it does not tell people apart. */
export function readActivity(activity: InsightTable | undefined): ActivityByAuthorData | undefined {
  if (!activity) return undefined
  const rows = readRows(activity.values, "people", "authors", "byAuthor", "perPerson") ?? activity.rows
  const months = new Set<string>()
  const authors = new Map<string, { name: string; commits: Map<string, number> }>()
  for (const row of rows) {
    const month = readDay(row, "month", "start", "bucket", "date", "day", "week")?.slice(0, 7)
    if (!month) continue
    months.add(month)
    const name = personOf(row) ?? "everyone"
    // Two people of the same name are two, if they can be told apart.
    const key = readText(row, "email", "personEmail", "authorEmail") ?? name
    const author = authors.get(key) ?? { name, commits: new Map<string, number>() }
    author.commits.set(month, (author.commits.get(month) ?? 0) + (readNumber(row, "commits", "count") ?? 0))
    authors.set(key, author)
  }
  const sorted = [...months].sort()
  const series = [...authors.values()].map(({ name, commits }) => ({
    name,
    commits: sorted.map((month) => commits.get(month) ?? 0),
  }))
  return { months: sorted, authors: series }
}

function personOf(row: Row): string | undefined {
  return readText(row, "name", "author", "person", "personName")
}
