import { secondsOfDay, timeText } from "../calendar.js"
import { defineInsight } from "../insight-definition.js"
import { churnByFile } from "../metrics/churn.js"
import { measureLineAges, wholeMonths } from "../metrics/line-age.js"
import type { LineAge } from "../metrics/line-age.js"
import { historyExclusions } from "../insight-context.js"
import * as take from "../parameter.js"
import { sortRows } from "../sort-rows.js"

export const age = defineInsight({
  name: "age",
  version: 1,
  title: "Code age",
  definition:
    "How old lines and files are: age = now − birth, where a line is born in the commit of the first-parent chain that brought it (the lines of a merged branch in its merge), at the running maximum of the committers' times. lastChangeMonths are whole months since the last non-merge commit that touched the file, renames followed, by the committer's time; a file that none touched in `deadDays` is dead.",
  takes: {
    path: take.path,
    exclude: take.exclude,
    view: take.lineageView,
    deadDays: take.wholeNumber("deadDays", "Days without a change after which a file is dead.", {
      default: 180,
      min: 1,
      max: 36_500,
    }),
    sort: take.choice("sort", "The column that rows are sorted by.", [
      "medianAgeDays",
      "meanAgeDays",
      "lastChangeDays",
      "lines",
      "path",
    ]),
    order: take.order,
    ignoreCommits: take.ignoreCommits,
    now: take.now,
    branch: take.branch,
  },
  values: {
    files: "regular files",
    lines: "lines of the text files",
    medianAgeDays: "of all lines, in days",
    meanAgeDays: "of all lines, in days",
    deadFiles: "files without a change in `deadDays`",
    deadShare: "of the files with a known change",
  },
  columns: {
    path: "the file",
    lines: "lines; null for binary files",
    medianAgeDays: "of its lines, in days; null without lines",
    meanAgeDays: "of its lines, in days",
    oldestAt: "when its oldest line was born",
    newestAt: "when its newest line was born",
    lastChangeAt: "the last non-merge commit that touched it, by the committer's time; null when none did",
    lastChangeDays: "days since then",
    lastChangeMonths: "whole months since then",
    dead: "no change in `deadDays`",
  },
  async compute(context, parameters) {
    const { now, facts } = context
    const ledger = await facts.lines()
    const files = await context.files(parameters)
    const ages = ledger && measureLineAges(ledger, now)
    const ageOfFile = new Map<number, LineAge | undefined>()
    if (ages) {
      const wanted = new Set(files.map(({ pathId }) => pathId))
      for await (const batch of facts.fileLines()) {
        for (const file of batch) if (wanted.has(file.pathId)) ageOfFile.set(file.pathId, ages.ofFile(file))
      }
    }
    const { results, leftOut } = await context.fold(
      [churnByFile({ latest: context.latest, clock: "committer" })],
      { view: parameters.view, ignoreCommits: parameters.ignoreCommits },
      "committer",
    )
    const touched = results[0]
    const rows = files.map((file) => {
      const lineAge = ageOfFile.get(file.pathId)
      const last = touched.get(file.pathId)?.lastAt
      const days = last === undefined ? null : Math.max(now - last, 0) / secondsOfDay
      return {
        path: file.path,
        lines: file.lines ?? null,
        medianAgeDays: lineAge?.medianDays ?? null,
        meanAgeDays: lineAge?.meanDays ?? null,
        oldestAt: lineAge ? timeText(lineAge.oldestAt) : null,
        newestAt: lineAge ? timeText(lineAge.newestAt) : null,
        lastChangeAt: last === undefined ? null : timeText(last),
        lastChangeDays: days,
        lastChangeMonths: last === undefined ? null : wholeMonths(last, now),
        dead: days === null ? null : days > parameters.deadDays,
      }
    })
    const whole = ages?.ofAll()
    const known = rows.filter(({ dead }) => dead !== null)
    const dead = known.filter((row) => row.dead === true).length
    return {
      values: {
        ...{ files: rows.length, lines: whole?.lines ?? 0 },
        ...{ medianAgeDays: whole?.medianDays ?? null, meanAgeDays: whole?.meanDays ?? null },
        ...{ deadFiles: dead, deadShare: known.length === 0 ? null : dead / known.length },
      },
      rows: sortRows(rows, [
        [parameters.sort, parameters.order],
        ["path", "asc"],
      ]),
      exclusions: historyExclusions(leftOut),
    }
  },
})
