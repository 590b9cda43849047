import { cleanText } from "../drawing/clean-text.js"
import { formatNumber } from "../drawing/format-number.js"
import { element, escapeText, type Markup } from "../drawing/markup.js"
import type { Insights, InsightTable } from "../insights/insight-table.js"
import { readBusFactor, readTotal, sayWhen } from "../insights/read-card.js"
import { readNumber, readText } from "../insights/read-value.js"
import { wordsOf } from "./draw-table.js"
import type { ReportDocument } from "./report-document.js"

/** Which repository this is, as of when, and how the page looks. */
export function drawHeader({ repository, insights, filters = {}, createdAt }: ReportDocument): Markup {
  const { name, url, branch, commit, committedAt } = repository
  const snapshot = Object.values(insights).find((insight) => insight?.snapshot)?.snapshot
  const when = sayWhen({
    branch: branch ?? snapshot?.branch,
    commit: commit ?? snapshot?.commit,
    committedAt: committedAt ?? snapshot?.committedAt,
  })
  const address =
    url && isWebAddress(url) ? element("a", { href: url, rel: "noreferrer" }, escapeText(cleanText(url))) : undefined
  const made =
    createdAt && !Number.isNaN(createdAt.getTime())
      ? `Report of ${createdAt.toISOString().slice(0, 16).replace("T", " ")} UTC`
      : undefined
  const quiet = [when, made].filter((text) => text !== undefined).map((text) => escapeText(cleanText(text)))
  return element("header", { class: "top" }, [
    element("div", {}, [
      element("h1", {}, escapeText(cleanText(name) || "Repository")),
      element("p", { class: "quiet" }, [
        ...(address ? [address, ...(quiet.length ? [escapeText(" · ")] : [])] : []),
        escapeTextJoin(quiet),
      ]),
      ...drawFilters(filters),
      ...(snapshot?.stale
        ? [element("p", {}, escapeText("A newer snapshot is being built; these are the last complete numbers."))]
        : []),
      ...(snapshot?.complete === false
        ? [element("p", {}, escapeText("This repository is still being read; these are its first numbers."))]
        : []),
    ]),
    drawThemes(),
  ])
}

function drawFilters(filters: Readonly<Record<string, string>>): Markup[] {
  const given = Object.entries(filters).map(([name, text]) => `${wordsOf(name)} ${cleanText(text)}`)
  return given.length === 0 ? [] : [element("p", {}, escapeText(`Only a part is counted: ${given.join(" · ")}.`))]
}

const escapeTextJoin = (parts: readonly Markup[]) => parts.join(" · ") as Markup

function isWebAddress(url: string): boolean {
  return /^https?:\/\/[^\s@]+$/i.test(url)
}

function drawThemes(): Markup {
  const option = (value: string, label: string) =>
    element("label", {}, [
      element("input", { type: "radio", name: "theme", id: `theme-${value}`, checked: value === "auto" }),
      escapeText(label),
    ])
  return element("fieldset", { "aria-label": "Theme" }, [
    option("auto", "auto"),
    option("light", "light"),
    option("dark", "dark"),
  ])
}

/** The few numbers that people ask for first. */
export function drawFigures(insights: Insights): Markup[] {
  const totals = [insights["summary"], insights["contributors"]]
  const summary = insights["summary"]?.values ?? {}
  const factors = insights["bus-factor"]?.values ?? {}
  const active = readNumber(factors, "cafActiveOnly") ?? readNumber(summary, "cafActiveOnly")
  const truck = readNumber(factors, "truckFactor") ?? readNumber(summary, "truckFactor")
  const figures: readonly (readonly [label: string, value: number | undefined, note?: string | undefined])[] = [
    ["commits", readTotal(totals, "commits"), note(readTotal(totals, "merges", "mergeCommits"), "of them merges")],
    [
      "people",
      readTotal(totals, "people", "contributors", "authors"),
      botsAreHidden(insights["summary"]) ? note(readNumber(summary, "bots"), "bots hidden") : undefined,
    ],
    ["bus factor", readBusFactor(insights), active === undefined ? undefined : `${formatNumber(active)} of the active`],
    ["truck factor", truck],
    ["files", readNumber(summary, "files")],
    ["lines", readNumber(summary, "lines", "sloc")],
    ["releases", readNumber(summary, "releases")],
  ]
  const shown = figures.filter(([, value]) => value !== undefined)
  const language = readText(summary, "mainLanguage", "language")
  if (shown.length === 0) return []
  return [
    element("dl", { class: "figures" }, [
      ...shown.map(([label, value = 0, more]) => drawFigure(label, { value: formatNumber(value), more })),
      ...(language ? [drawFigure("language", { value: cleanText(language, 24) })] : []),
    ]),
  ]
}

/** Unless somebody asked for them. */
function botsAreHidden(summary: InsightTable | undefined): boolean {
  const { bots } = summary?.parameters ?? {}
  return bots !== "show" && bots !== "only"
}

const note = (count: number | undefined, words: string) => (count ? `${formatNumber(count)} ${words}` : undefined)

function drawFigure(label: string, { value, more }: { value: string; more?: string | undefined }): Markup {
  const small = more ? [element("small", {}, escapeText(more))] : []
  return element("div", {}, [element("dt", {}, escapeText(label)), element("dd", {}, [escapeText(value), ...small])])
}
