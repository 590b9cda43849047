import type { ChartOptions } from "../chart-options.js"
import { activityByAuthor } from "../charts/activity-by-author.js"
import { burndownStack } from "../charts/burndown-stack.js"
import { calendar } from "../charts/calendar.js"
import { card } from "../charts/card.js"
import { couplingGraph } from "../charts/coupling-graph.js"
import { hotspotTreemap } from "../charts/hotspot-treemap.js"
import { languagesBar } from "../charts/languages-bar.js"
import { ownership } from "../charts/ownership.js"
import { punchCard } from "../charts/punch-card.js"
import { survivalCurve } from "../charts/survival-curve.js"
import { cleanText } from "../drawing/clean-text.js"
import { ChartError } from "../errors.js"
import { chartNames, isChartName, type ChartName } from "./chart-names.js"
import type { Insights } from "./insight-table.js"
import { readActivity } from "./read-activity.js"
import { readBurndown } from "./read-burndown.js"
import { readCalendar } from "./read-calendar.js"
import { readCard } from "./read-card.js"
import { readCoupling } from "./read-coupling.js"
import { readHotspots } from "./read-hotspots.js"
import { readLanguages } from "./read-languages.js"
import { readOwnership } from "./read-ownership.js"
import { readPunchCard } from "./read-punch-card.js"
import { readSurvival } from "./read-survival.js"

export interface RenderOptions extends ChartOptions {
  /** What the card calls the repository: `owner/repo`. */
  readonly repository?: string | undefined
}

type Renderer = (insights: Insights, options: RenderOptions) => string

const renderers: Record<ChartName, Renderer> = {
  calendar: (insights, options) => calendar(readCalendar(insights["activity"]) ?? { days: [] }, options),
  activity: (insights, options) =>
    activityByAuthor(
      readActivity(insights["activity-by-author"] ?? insights["activity"]) ?? { months: [], authors: [] },
      options,
    ),
  hotspots: (insights, options) => hotspotTreemap(readHotspots(insights["hotspots"]) ?? { files: [] }, options),
  ownership: (insights, options) => ownership(readOwnership(insights["ownership"]) ?? { directories: [] }, options),
  languages: (insights, options) => languagesBar(readLanguages(insights["languages"]) ?? { languages: [] }, options),
  burndown: (insights, options) =>
    burndownStack(readBurndown(insights["burndown"]) ?? { dates: [], cohorts: [] }, options),
  survival: (insights, options) => survivalCurve(readSurvival(insights["survival"]) ?? { points: [] }, options),
  coupling: (insights, options) => couplingGraph(readCoupling(insights["coupling"]) ?? { pairs: [] }, options),
  "punch-card": (insights, options) => punchCard(readPunchCard(insights["punch-card"]) ?? { hours: [] }, options),
  card: (insights, options) => {
    const name = options.repository ?? "repository"
    return card(readCard(insights, name) ?? { name }, options)
  },
}

/**
 * A chart of insights, as a complete SVG. What it needs and is not there is drawn as nothing, and says so. Throws `UNKNOWN_CHART`
 * for a name that is not among `chartNames`, and `INVALID_OPTION`.
 */
export function renderChart(name: string, insights: Insights, options: RenderOptions = {}): string {
  if (!isChartName(name)) {
    throw new ChartError(
      "UNKNOWN_CHART",
      `there is no chart "${cleanText(name, 40)}"; there are ${chartNames.join(", ")}`,
    )
  }
  return renderers[name](insights, options)
}
