import { cleanText } from "../drawing/clean-text.js"
import { element, escapeText, type Markup } from "../drawing/markup.js"
import type { Insights, InsightTable } from "../insights/insight-table.js"
import { renderChart } from "../insights/render-chart.js"
import { drawTable, formatValue, wordsOf } from "./draw-table.js"
import type { ReportDocument } from "./report-document.js"
import { insightOf, type Section } from "./sections.js"

/** An insight with its plot, numbers, table and definition; `undefined`, if it is not there. */
export function drawSection(
  section: Section,
  { insights, filters = {} }: Pick<ReportDocument, "insights" | "filters">,
): Markup | undefined {
  const found = insightOf(insights, section)
  if (!found) return undefined
  const { insight } = found
  return element(
    "section",
    { id: section.id, class: section.half && "half", "aria-labelledby": `${section.id}-title` },
    [
      element("h2", { id: `${section.id}-title` }, escapeText(section.title)),
      ...(section.chart ? [drawFigure(section, insights)] : []),
      ...drawValues(insight),
      ...drawRows(section, insight),
      ...drawDefinition(insight),
      ...drawUnfiltered(insight, Object.keys(filters)),
    ],
  )
}

/** Twice: text that is scaled down with a picture to the width of a telephone cannot be read. */
function drawFigure({ id, chart = "card", half }: Section, insights: Insights): Markup {
  const draw = (width: number, kind: string) =>
    element(
      "div",
      { class: kind },
      renderChart(chart, insights, { width, title: "", style: "page", prefix: `${id}-${kind}` }) as Markup,
    )
  return element("figure", {}, [draw(half ? 530 : 1_110, "wide"), draw(316, "narrow")])
}

function drawValues({ values }: InsightTable): Markup[] {
  const simple = Object.entries(values).filter(([, value]) => value !== null && value !== undefined && !isLong(value))
  if (simple.length === 0) return []
  const shown = simple.slice(0, 60).map(([key, value]) => ({ key: wordsOf(key), value: formatValue(value) }))
  const more = simple.length - shown.length
  const pairs = more > 0 ? [...shown, { key: "others", value: formatValue(more) }] : shown
  const items = pairs.map(({ key, value }) =>
    element("div", {}, [element("dt", {}, escapeText(key)), element("dd", {}, escapeText(value))]),
  )
  return [element("dl", { class: "values" }, items)]
}

/** That it is of more than the report as a whole. */
function drawUnfiltered({ parameters }: InsightTable, filters: readonly string[]): Markup[] {
  const missed = filters.filter((name) => !Object.hasOwn(parameters, name)).map(wordsOf)
  return missed.length === 0
    ? []
    : [element("p", {}, escapeText(`Counted without ${missed.join(", ")}, which this does not take.`))]
}

const isLong = (value: unknown) => typeof value === "object" && value !== null && JSON.stringify(value).length > 120

function drawRows({ title, chart }: Section, insight: InsightTable): Markup[] {
  if (insight.rows.length === 0 || insight.columns.length === 0) return []
  const table = drawTable({ caption: title, columns: insight.columns, rows: insight.rows, total: insight.total })
  // What has no plot is its table.
  return [element("details", { open: !chart }, [element("summary", {}, escapeText("Table")), table])]
}

function drawDefinition({ definition, parameters, exclusions }: InsightTable): Markup[] {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "")
  const lines = [
    cleanText(definition, 1_000),
    given.length
      ? `Parameters: ${given.map(([key, value]) => `${wordsOf(key)} ${formatValue(value)}`).join(", ")}.`
      : "",
    exclusions.length
      ? `Left out: ${exclusions.map(({ what, count, unit }) => `${wordsOf(what)} (${formatValue(count)} ${cleanText(unit, 40)})`).join(", ")}.`
      : "",
  ].filter(Boolean)
  return lines.map((line) => element("p", { class: "quiet" }, escapeText(line)))
}
