import { defineInsight } from "../insight-definition.js"
import { aliveByBirth } from "../metrics/burndown.js"
import { countOverwrites, countOverwrittenLines } from "../metrics/overwrites.js"
import { countRework } from "../metrics/rework.js"
import { daysOfMonth, halfLife, surviveLines } from "../metrics/survival.js"
import * as take from "../parameter.js"
import { sortRows } from "../sort-rows.js"

export const survival = defineInsight({
  name: "survival",
  version: 1,
  title: "Survival of lines",
  definition:
    "How long lines live, after Kaplan and Meier: S(a) = Π over ages up to a of (1 − deaths / lines at risk), along the first parents, in whole months of 30 days; lines alive at `now` are right-censored. The half-life is the least age with S ≤ 0.5. By `people`: lines of each that each deleted.",
  takes: {
    by: take.choice("by", "What a row is: an age, or two people of whom one deleted lines of the other.", [
      "age",
      "people",
    ]),
    now: take.now,
    branch: take.branch,
  },
  values: {
    linesBorn: "all lines that ever were",
    linesDied: "those that were deleted",
    linesAlive: "those of the snapshot",
    halfLifeMonths: "in months of 30 days; null while more than half of the lines live",
    halfLifeDays: "the same in days",
    reworkShare: "of the lines deleted, those less than 21 days old",
    overwrittenShare: "of the lines deleted, those that somebody else than their author deleted",
  },
  columns: {
    ageMonths: "whole months of 30 days",
    atRisk: "lines that reached that age",
    deaths: "lines that died at it",
    survival: "S: the share of lines that outlives it",
    author: "whose lines they were",
    authorEmail: "the address of that person",
    by: "who deleted them",
    byEmail: "the address of that person",
    lines: "how many",
  },
  async compute(context, parameters) {
    const ledger = await context.facts.lines()
    const people = await context.people()
    const steps = ledger ? surviveLines(ledger, context.now) : []
    const alive = ledger ? aliveByBirth(ledger).reduce((sum, count) => sum + count, 0) : 0
    const rework = ledger && countRework(ledger)
    const died = rework?.deleted ?? 0
    const byOthers = ledger ? countOverwrittenLines(ledger, people) : 0
    const half = halfLife(steps)
    const values = {
      ...{ linesBorn: alive + died, linesDied: died, linesAlive: alive },
      halfLifeMonths: half ?? null,
      halfLifeDays: half === undefined ? null : half * daysOfMonth,
      reworkShare: rework?.share ?? null,
      overwrittenShare: died === 0 ? null : byOthers / died,
    }
    if (parameters.by === "age") {
      const columns = ["ageMonths", "atRisk", "deaths", "survival"]
      return { values, columns, rows: steps.map(({ age, ...step }) => ({ ageMonths: age, ...step })), exclusions: [] }
    }
    const rows = (ledger ? countOverwrites(ledger, people) : []).map(({ author, by, lines }) => ({
      ...{ author: people.name[author]!, authorEmail: people.email[author]! },
      ...{ by: people.name[by]!, byEmail: people.email[by]!, lines },
    }))
    const sorted = sortRows(rows, [
      ["lines", "desc"],
      ["authorEmail", "asc"],
      ["byEmail", "asc"],
    ])
    return { values, columns: ["author", "authorEmail", "by", "byEmail", "lines"], rows: sorted, exclusions: [] }
  },
})
