import { cleanText } from "../drawing/clean-text.js"
import { formatCount, formatNumber } from "../drawing/format-number.js"
import { element, escapeText, type Markup } from "../drawing/markup.js"
import type { Insights, Row } from "../insights/insight-table.js"
import { drawFigures, drawHeader } from "./draw-overview.js"
import { drawSection } from "./draw-section.js"
import { drawTable, wordsOf } from "./draw-table.js"
import { findRemarks } from "./find-remarks.js"
import type { ReportDocument } from "./report-document.js"
import { reportStyle, reportStyleHash } from "./report-style.js"
import { insightOf, sections } from "./sections.js"

/**
 * One HTML file of everything that is known of a repository: no network, no script, and a policy that allows neither. It is the
 * same for the same document.
 */
export function renderReport(report: ReportDocument): string {
  const { insights, repository } = report
  const title = `${cleanText(repository.name) || "Repository"} – report`
  const body = [
    element("a", { class: "skip", href: "#main" }, escapeText("Skip to the numbers")),
    drawHeader(report),
    element("main", { id: "main" }, [
      ...drawFigures(insights),
      element("div", { class: "sections" }, [
        ...drawRemarks(insights),
        ...sections.flatMap((section) => drawSection(section, report) ?? []),
        ...drawExclusions(insights),
      ]),
    ]),
    element(
      "footer",
      { class: "quiet" },
      escapeText("Every number is of the commit named above, and counted as its section says."),
    ),
  ]
  const head = [
    element("meta", { charset: "utf-8" }),
    element("meta", {
      "http-equiv": "Content-Security-Policy",
      content: `default-src 'none'; style-src '${reportStyleHash}'; base-uri 'none'; form-action 'none'`,
    }),
    element("meta", { name: "viewport", content: "width=device-width, initial-scale=1" }),
    element("meta", { name: "referrer", content: "no-referrer" }),
    element("title", {}, escapeText(title)),
    // Nothing of it comes from outside, and HTML reads it as it stands.
    element("style", {}, reportStyle() as Markup),
  ]
  return `<!doctype html>\n${element("html", { lang: "en" }, [element("head", {}, head), element("body", {}, body)])}\n`
}

function drawRemarks(insights: Insights): Markup[] {
  const remarks = findRemarks(insights)
  if (remarks.length === 0) return []
  const items = remarks.map(({ text, section }) =>
    element("li", {}, [
      escapeText(`${text} `),
      element("a", { href: `#${section}` }, escapeText(sections.find(({ id }) => id === section)?.title ?? "Show")),
    ]),
  )
  return [
    element("section", { class: "remarks", "aria-labelledby": "remarks-title" }, [
      element("h2", { id: "remarks-title" }, escapeText("What to look at")),
      element("ol", {}, items),
    ]),
  ]
}

/** What no number above contains, and why; told once, however many metrics leave it out. */
function drawExclusions(insights: Insights): Markup[] {
  const rows = new Map<string, { row: Row; metrics: Set<string> }>()
  for (const section of sections) {
    const found = insightOf(insights, section)
    if (!found) continue
    for (const { what, count, unit, reason } of found.insight.exclusions) {
      const key = JSON.stringify([what, count, unit, reason])
      const entry = rows.get(key) ?? { row: { what: wordsOf(what), count, unit, reason }, metrics: new Set<string>() }
      entry.metrics.add(found.key)
      rows.set(key, entry)
    }
  }
  if (rows.size === 0) return []
  const table = [...rows.values()].map(({ row, metrics }) => ({ ...row, in: [...metrics].join(", ") }))
  const people = insights["identities"]?.total ?? insights["identities"]?.rows.length
  const merged = people
    ? ` ${formatCount(people, "identity", "identities")} were seen; those of one person are counted as one.`
    : ""
  return [
    element("section", { id: "left-out", "aria-labelledby": "left-out-title" }, [
      element("h2", { id: "left-out-title" }, escapeText("What was left out, and why")),
      element("p", { class: "quiet" }, escapeText(`${formatNumber(table.length)} reasons.${merged}`)),
      drawTable({ caption: "Left out", columns: ["what", "count", "unit", "reason", "in"], rows: table }),
    ]),
  ]
}
