import type { ChartName } from "./chart-names.js"

/** An insight that a chart is drawn of. */
export interface ChartSource {
  /** Where `renderChart` and `renderReport` look for it among the insights. */
  readonly key: string
  /** Its name. */
  readonly insight: string
  /** What to ask for it with, as text; of everything else the default. All rows are needed, not one page. */
  readonly parameters: Readonly<Record<string, string>>
}

const activity: ChartSource = { key: "activity", insight: "activity", parameters: {} }
const busFactor: ChartSource = { key: "bus-factor", insight: "bus-factor", parameters: {} }
const summary: ChartSource = { key: "summary", insight: "summary", parameters: {} }

/** What to read before drawing. A chart that lacks one of its sources is drawn without it. */
export const chartSources: Readonly<Record<ChartName, readonly ChartSource[]>> = {
  calendar: [activity],
  activity: [
    { key: "activity-by-author", insight: "activity", parameters: { by: "person", interval: "month", bots: "hide" } },
  ],
  hotspots: [{ key: "hotspots", insight: "hotspots", parameters: {} }],
  ownership: [{ key: "ownership", insight: "ownership", parameters: { by: "directory", depth: "2" } }],
  languages: [{ key: "languages", insight: "languages", parameters: {} }],
  burndown: [{ key: "burndown", insight: "burndown", parameters: {} }],
  survival: [{ key: "survival", insight: "survival", parameters: {} }],
  coupling: [{ key: "coupling", insight: "coupling", parameters: {} }],
  "punch-card": [{ key: "punch-card", insight: "punch-card", parameters: {} }],
  card: [summary, busFactor, activity],
}
