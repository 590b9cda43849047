import { cleanText } from "../drawing/clean-text.js"
import { formatCount, formatNumber, formatShare } from "../drawing/format-number.js"
import type { Insights } from "../insights/insight-table.js"
import { readBurndown } from "../insights/read-burndown.js"
import { readCalendar } from "../insights/read-calendar.js"
import { readBusFactor, readTotal } from "../insights/read-card.js"
import { readCoupling } from "../insights/read-coupling.js"
import { readHotspots } from "../insights/read-hotspots.js"
import { readOwnership } from "../insights/read-ownership.js"
import { readSurvival } from "../insights/read-survival.js"

/** A sentence about what stands out, and the section that it is taken from. */
export interface Remark {
  readonly text: string
  readonly section: string
}

/** What to look at, computed from the numbers of the report and from nothing else; what is missing is not spoken of. */
export function findRemarks(insights: Insights): Remark[] {
  return finders.flatMap((find) => find(insights) ?? [])
}

type Finder = (insights: Insights) => Remark | undefined

const finders: readonly Finder[] = [
  function busFactor(insights) {
    const people = readBusFactor(insights)
    if (!people) return undefined
    const truck = readTotal([insights["bus-factor"], insights["summary"]], "truckFactor")
    const more = truck
      ? `; without ${formatCount(truck, "person", "people")}, more than half of the files have no author left`
      : ""
    const risk = people <= 1 ? "One person made" : `${formatNumber(people)} people made`
    return { text: `${risk} half of all commits${more}.`, section: insights["bus-factor"] ? "bus-factor" : "summary" }
  },
  function hottestFile({ hotspots }) {
    const files = readHotspots(hotspots)?.files ?? []
    // The insight's own order is by score: large and often changed.
    const [first] = files
    if (!first || first.commits < 2) return undefined
    const text = `${cleanText(first.path)} is the hottest file: ${formatCount(first.commits, "commit")} changed it, and it has ${formatNumber(first.size)} lines.`
    return { text, section: "hotspots" }
  },
  function strongestPair({ coupling }) {
    const pairs = readCoupling(coupling)?.pairs ?? []
    const [first] = pairs
    if (!first) return undefined
    const text = `${cleanText(first.first)} and ${cleanText(first.second)} change together, in ${formatNumber(first.degree)} % of their commits.`
    return { text, section: "coupling" }
  },
  function soleOwners({ ownership }) {
    const directories = readOwnership(ownership)?.directories ?? []
    const sole = directories.filter(({ owners, total }) => owners.some(({ amount }) => amount >= 0.8 * total))
    if (sole.length === 0) return undefined
    const largest = sole.reduce((best, directory) => (directory.total > best.total ? directory : best))
    const owner = largest.owners.reduce((best, other) => (other.amount > best.amount ? other : best))
    const text = `In ${formatNumber(sole.length)} of ${formatCount(directories.length, "directory", "directories")} one person has four fifths or more; the largest is ${cleanText(largest.path)} (${cleanText(owner.name)}, ${formatShare(owner.amount / largest.total)}).`
    return { text, section: "ownership" }
  },
  function pace(insights) {
    const days = readCalendar(insights["activity"])?.days ?? []
    const last = days.reduce((latest, { date }) => Math.max(latest, Date.parse(date)), -Infinity)
    const between = (from: number, to: number) =>
      days.reduce((sum, { date, commits }) => {
        const age = Math.round((last - Date.parse(date)) / 86_400_000)
        return age >= from && age < to ? sum + commits : sum
      }, 0)
    const [recent, before] = [between(0, 90), between(90, 180)]
    if (before < 10 || days.length < 180) return undefined
    const change = Math.round((100 * (recent - before)) / before)
    if (Math.abs(change) < 10) return undefined
    const text = `Commits ${change > 0 ? "rose" : "fell"} by ${formatNumber(Math.abs(change))} %: ${formatNumber(recent)} in the last 90 days, ${formatNumber(before)} in the 90 before.`
    return { text, section: "calendar" }
  },
  function deadFiles({ summary }) {
    const [dead, files] = [readTotal([summary], "deadFiles"), readTotal([summary], "files")]
    if (!dead || !files || dead > files) return undefined
    const text = `${formatNumber(dead)} of ${formatCount(files, "file")} have not been changed in 180 days.`
    return { text, section: "summary" }
  },
  function halfLife({ survival }) {
    const days = readSurvival(survival)?.halfLife
    if (!days) return undefined
    const text = `Half of the lines are gone after ${days < 730 ? `${formatNumber(Math.round(days))} days` : `${formatNumber(Math.round(days / 36.525) / 10)} years`}.`
    return { text, section: "survival" }
  },
  function oldLines({ burndown }) {
    const { cohorts = [], dates = [] } = readBurndown(burndown) ?? {}
    const [first] = cohorts
    const total = cohorts.reduce((sum, { lines }) => sum + (lines.at(-1) ?? 0), 0)
    const left = first?.lines.at(-1) ?? 0
    if (!first || cohorts.length < 3 || total === 0 || left === 0) return undefined
    const text = `${formatCount(left, "line")} of ${cleanText(first.name)} were still there on ${dates.at(-1)}, ${formatShare(left / total)} of all.`
    return { text, section: "burndown" }
  },
]
