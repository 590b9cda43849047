import * as charts from "../../src/index.js"
import type { ChartOptions } from "../../src/index.js"
import * as samples from "./samples.js"

/** Every chart, drawn of a sample, by the name of its file. */
export const drawings: Readonly<Record<string, (options?: ChartOptions) => string>> = {
  calendar: (options) => charts.calendar(samples.sampleCalendar(), options),
  "activity-by-author": (options) => charts.activityByAuthor(samples.sampleActivity(), options),
  "hotspot-treemap": (options) => charts.hotspotTreemap(samples.sampleHotspots(), options),
  ownership: (options) => charts.ownership(samples.sampleOwnership(), options),
  "languages-bar": (options) => charts.languagesBar(samples.sampleLanguages, options),
  "burndown-stack": (options) => charts.burndownStack(samples.sampleBurndown(), options),
  "survival-curve": (options) => charts.survivalCurve(samples.sampleSurvival(), options),
  "coupling-graph": (options) => charts.couplingGraph(samples.sampleCoupling(), options),
  "punch-card": (options) => charts.punchCard(samples.samplePunchCard(), options),
  sparkline: (options) => charts.sparkline(samples.sampleSparkline, options),
  card: (options) => charts.card(samples.sampleCard, options),
}

/** The same of nothing. */
export const emptyDrawings: typeof drawings = {
  calendar: (options) => charts.calendar({ days: [] }, options),
  "activity-by-author": (options) => charts.activityByAuthor({ months: [], authors: [] }, options),
  "hotspot-treemap": (options) => charts.hotspotTreemap({ files: [] }, options),
  ownership: (options) => charts.ownership({ directories: [] }, options),
  "languages-bar": (options) => charts.languagesBar({ languages: [] }, options),
  "burndown-stack": (options) => charts.burndownStack({ dates: [], cohorts: [] }, options),
  "survival-curve": (options) => charts.survivalCurve({ points: [] }, options),
  "coupling-graph": (options) => charts.couplingGraph({ pairs: [] }, options),
  "punch-card": (options) => charts.punchCard({ hours: [] }, options),
  sparkline: (options) => charts.sparkline({ values: [], label: "commits per week" }, options),
  card: (options) => charts.card({ name: "owner/empty" }, options),
}
