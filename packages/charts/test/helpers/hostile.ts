import * as charts from "../../src/index.js"
import type { ChartOptions } from "../../src/index.js"

/** What people and files may be called by somebody who means harm, or by accident. */
export const hostileNames: readonly string[] = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onload='alert(1)`,
  `]]><!-- --> <![CDATA[ &amp; &#0; &unknown;`,
  `</style></svg></title><script>`,
  "nul\0 bell\u0007 escape\u001b[31m delete\u007f c1\u0085\u009b",
  "lone \ud800 surrogates \udfff",
  "noncharacters \ufffe \uffff \u{1fffe}",
  "right \u202eot\u202c left \u2066isolate\u2069 \u200f\u061c",
  "שלום عليكم ﷽",
  "Z̸̢̧̛͎̦̟͈͖a̴̡̛̤̭̘͚l̵̢̛͉̪g̶̡̛̣ơ̴̧̢",
  "👩‍👩‍👧‍👦 family 漢字かな交じり文 ЖЩЮ",
  "new\nline\ttab\u2028separator",
  "long ".repeat(2_000),
  "W".repeat(10_000),
  "",
  "   ",
  "__proto__",
  "constructor",
  "javascript:alert(1)",
]

const name = (at: number) => hostileNames[at % hostileNames.length] ?? ""

/** Every chart, of data whose texts mean harm. */
export const hostileDrawings: Readonly<Record<string, (options?: ChartOptions) => string>> = {
  "activity-by-author": (options) =>
    charts.activityByAuthor(
      {
        months: ["2026-01", "2026-02", "2026-03"],
        authors: hostileNames.map((author, at) => ({ name: author, commits: [at, 40 - at, 9] })),
      },
      options,
    ),
  "hotspot-treemap": (options) =>
    charts.hotspotTreemap(
      {
        unit: name(0),
        files: hostileNames.flatMap((path, at) => [
          { path, size: 900 - at * 9, commits: at },
          { path: `${path}/${name(at + 3)}`, size: 800, commits: 3 * at },
          { path: `${name(at + 1)}/${path}/${path}`, size: 40 * at, commits: 1 },
        ]),
      },
      options,
    ),
  ownership: (options) =>
    charts.ownership(
      {
        unit: name(1),
        directories: hostileNames.map((path, at) => ({
          path,
          total: 1_000 - at,
          owners: hostileNames.slice(0, 5).map((_, owner) => ({ name: name(at + owner), amount: 300 / (owner + 1) })),
        })),
      },
      options,
    ),
  "languages-bar": (options) =>
    charts.languagesBar(
      {
        languages: hostileNames.map((language, at) => ({
          name: language,
          bytes: 100 + at,
          color: at % 2 ? `red"/><script>` : "#3178c6",
        })),
      },
      options,
    ),
  "burndown-stack": (options) =>
    charts.burndownStack(
      {
        dates: ["2026-01-01", "2026-02-01"],
        cohorts: hostileNames.map((cohort, at) => ({ name: cohort, lines: [at + 1, 9] })),
      },
      options,
    ),
  "coupling-graph": (options) =>
    charts.couplingGraph(
      { pairs: hostileNames.map((first, at) => ({ first, second: name(at + 1), degree: 90 - at, shared: 9 })) },
      options,
    ),
  sparkline: (options) => charts.sparkline({ values: [1, 2, 3], label: hostileNames.join("") }, options),
  card: (options) =>
    charts.card(
      { name: hostileNames.join("/"), commits: 1e9, people: 1e6, busFactor: 12_345, asOf: name(13) },
      options,
    ),
  title: (options) =>
    charts.punchCard({ hours: [{ weekday: 1, hour: 3, commits: 9 }] }, { ...options, title: hostileNames.join(" ") }),
}
