import type { InsightName } from "@assay/core"
import { activity } from "./definitions/activity.js"
import { age } from "./definitions/age.js"
import { burndown } from "./definitions/burndown.js"
import { busFactor } from "./definitions/bus-factor.js"
import { churn } from "./definitions/churn.js"
import { contributors } from "./definitions/contributors.js"
import { coupling } from "./definitions/coupling.js"
import { files } from "./definitions/files.js"
import { hotspots } from "./definitions/hotspots.js"
import { identities } from "./definitions/identities.js"
import { languages } from "./definitions/languages.js"
import { ownership } from "./definitions/ownership.js"
import { punchCard } from "./definitions/punch-card.js"
import { releases } from "./definitions/releases.js"
import { summary } from "./definitions/summary.js"
import { survival } from "./definitions/survival.js"
import type { InsightDefinition } from "./insight-definition.js"

/** All insights, by name. The compiler sees to it that none is missing. */
export const insightDefinitions: Readonly<Record<InsightName, InsightDefinition>> = {
  summary,
  contributors,
  churn,
  hotspots,
  coupling,
  ownership,
  "bus-factor": busFactor,
  age,
  burndown,
  survival,
  activity,
  "punch-card": punchCard,
  releases,
  languages,
  files,
  identities,
}
