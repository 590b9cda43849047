import type { ChartName } from "../insights/chart-names.js"
import type { Insights, InsightTable } from "../insights/insight-table.js"

/** A part of the report: an insight, and how it is drawn. */
export interface Section {
  /** The anchor, and the key of the insight unless `keys` says otherwise. */
  readonly id: string
  readonly title: string
  readonly chart?: ChartName | undefined
  /** Where the insight is looked for, first things first. */
  readonly keys: readonly string[]
  /** As wide as half a page, where that is wide enough for two. */
  readonly half?: boolean
}

export const sections: readonly Section[] = [
  { id: "calendar", title: "Commits per day", chart: "calendar", keys: ["activity"] },
  { id: "activity", title: "Commits by author", chart: "activity", keys: ["activity-by-author", "activity"] },
  { id: "hotspots", title: "Hotspots", chart: "hotspots", keys: ["hotspots"] },
  { id: "ownership", title: "Ownership by directory", chart: "ownership", keys: ["ownership"] },
  { id: "coupling", title: "Files that change together", chart: "coupling", keys: ["coupling"], half: true },
  { id: "punch-card", title: "When people work", chart: "punch-card", keys: ["punch-card"], half: true },
  { id: "burndown", title: "Lines by the year they were written in", chart: "burndown", keys: ["burndown"] },
  { id: "survival", title: "How long lines survive", chart: "survival", keys: ["survival"], half: true },
  { id: "languages", title: "Languages", chart: "languages", keys: ["languages"], half: true },
  { id: "bus-factor", title: "Bus factor", keys: ["bus-factor"] },
  { id: "contributors", title: "Contributors", keys: ["contributors"] },
  { id: "churn", title: "Churn", keys: ["churn"] },
  { id: "age", title: "Age of the code", keys: ["age"] },
  { id: "releases", title: "Releases", keys: ["releases"] },
  { id: "files", title: "Files", keys: ["files"] },
  { id: "identities", title: "Identities", keys: ["identities"] },
  { id: "summary", title: "Summary", keys: ["summary"] },
]

/** The insight of a section, and its name. */
export function insightOf(insights: Insights, section: Section): { key: string; insight: InsightTable } | undefined {
  for (const key of section.keys) {
    const insight = insights[key]
    if (insight) return { key, insight }
  }
  return undefined
}
