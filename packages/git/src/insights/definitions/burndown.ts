import { timeText } from "../calendar.js"
import { defineInsight } from "../insight-definition.js"
import { burnDown, sampleTimes } from "../metrics/burndown.js"
import { z } from "zod"
import type { Parameter } from "../parameter.js"
import * as take from "../parameter.js"

const samples: Parameter<string> = {
  name: "samples",
  about:
    "When to look: `week` (the end of each) or a number of equal steps from 2 to 2000; and always at the snapshot.",
  default: "week",
  schema: () =>
    z
      .string()
      .regex(/^(?:week|\d{1,4})$/, "expected week, or a number of steps from 2 to 2000")
      .refine((text) => text === "week" || (Number(text) >= 2 && Number(text) <= 2000), "expected 2 to 2000 steps"),
}

export const burndown = defineInsight({
  name: "burndown",
  version: 1,
  title: "Burndown",
  definition:
    "How many of the lines that were born in each cohort are still alive at each moment: B(t,k), along the first parents, with times that never go back (the running maximum of the committers'). At the last moment they add up to all lines of the snapshot's text files. The lines of a merged branch are born in its merge.",
  takes: {
    cohort: take.choice("cohort", "What lines are grouped by: when they were born (UTC).", [
      "year",
      "quarter",
      "month",
    ]),
    samples,
    now: take.now,
    branch: take.branch,
  },
  values: {
    cohorts: "the cohorts, oldest first",
    samples: "the moments, oldest first",
    lines: "lines alive at the last moment",
    peak: "the most lines alive at any of the moments",
  },
  columns: {
    at: "the moment",
    cohort: "when lines were born",
    lines: "how many of them are alive; cohorts that have none at that moment are left out",
  },
  async compute(context, parameters) {
    const ledger = await context.facts.lines()
    if (!ledger) {
      // Where there are files, their lines could not be followed; nobody knows that there are none.
      const lines = (await context.facts.files()).length === 0 ? 0 : null
      return { values: { cohorts: [], samples: [], lines, peak: lines }, rows: [], exclusions: [] }
    }
    const times = sampleTimes(ledger, parameters.samples === "week" ? "week" : Number(parameters.samples))
    const { cohorts, alive } = burnDown(ledger, { samples: times, cohort: parameters.cohort })
    const sums = alive.map((lines) => lines.reduce((sum, count) => sum + count, 0))
    const texts = times.map(timeText)
    const rows: { at: string; cohort: string; lines: number }[] = []
    for (const [sample, at] of texts.entries()) {
      for (const [column, cohort] of cohorts.entries()) {
        const lines = alive[sample]![column]!
        if (lines !== 0) rows.push({ at, cohort, lines })
      }
    }
    const lines = sums.at(-1) ?? 0
    return { values: { cohorts, samples: texts, lines, peak: Math.max(0, ...sums) }, rows, exclusions: [] }
  },
})
