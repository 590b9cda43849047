import { createCalendar, timeText } from "../calendar.js"
import { defineInsight } from "../insight-definition.js"
import { historyExclusions, secondsOf, zoneOf } from "../insight-context.js"
import { churnByFile, churnByTime } from "../metrics/churn.js"
import { countRework } from "../metrics/rework.js"
import * as take from "../parameter.js"
import { sortRows } from "../sort-rows.js"

const byTime = ["start", "commits", "added", "deleted", "churn", "net"]
const byFile = ["path", "revisions", "added", "deleted", "churn", "net", "sloc", "relativeChurn", "lastAt", "present"]

export const churn = defineInsight({
  name: "churn",
  version: 1,
  title: "Churn",
  definition:
    "Lines added and deleted by non-merge commits: churn = added + deleted, net = added − deleted. Windows are by the committer's time; buckets are by the author's, and none is left out between the first commit and `now`. Relative churn is churn / sloc of the file at the snapshot (Nagappan and Ball).",
  takes: {
    by: take.choice("by", "What a row is.", ["time", "file"]),
    interval: take.weekInterval,
    since: take.since,
    until: take.until,
    path: take.path,
    exclude: take.exclude,
    bots: take.botsShown,
    ignoreCommits: take.ignoreCommits,
    view: take.lineageView,
    tz: take.tz,
    weekStart: take.weekStart,
    sort: take.choice("sort", "The column that files are sorted by.", [
      "churn",
      "revisions",
      "added",
      "deleted",
      "relativeChurn",
      "lastAt",
      "path",
    ]),
    order: take.order,
    now: take.now,
    branch: take.branch,
  },
  values: {
    commits: "non-merge commits",
    added: "lines added",
    deleted: "lines deleted",
    churn: "added + deleted",
    net: "added − deleted",
    reworkShare:
      "of the lines deleted along the first parents in the window, those less than 21 days old; of the whole repository, whatever the other filters",
  },
  columns: {
    start: "the first day of the bucket",
    commits: "non-merge commits",
    path: "of a file that is gone, its last path",
    revisions: "commits that touched the file, each once",
    added: "lines added",
    deleted: "lines deleted",
    churn: "added + deleted",
    net: "added − deleted",
    sloc: "lines at the snapshot with a byte that is not white space",
    relativeChurn: "churn / sloc",
    lastAt: "the last commit that touched it, by the author's clock",
    present: "a regular file of the snapshot",
  },
  async compute(context, parameters) {
    const { by, sort, order, view, interval, tz, weekStart } = parameters
    const { now, latest } = context
    const calendar = createCalendar(interval, { zone: zoneOf(tz), weekStart })
    const { results, leftOut } = await context.fold(
      [churnByTime({ calendar, now, latest }), churnByFile({ latest })],
      parameters,
      "committer",
    )
    const [{ total, buckets, invalidTimes }, files] = results
    const ledger = await context.facts.lines()
    const since = secondsOf(parameters.since) ?? -Infinity
    const until = secondsOf(parameters.until) ?? Infinity
    const rework = ledger && countRework(ledger, (time) => time >= since && time < until)
    const { commits, added, deleted } = total
    const values = {
      ...{ commits, added, deleted, churn: added + deleted, net: added - deleted },
      reworkShare: rework?.share ?? null,
    }
    const left = historyExclusions(leftOut, Math.max(leftOut.invalidTimes, invalidTimes))
    if (by === "time") {
      const rows = buckets.map((row) => ({ ...row, churn: row.added + row.deleted, net: row.added - row.deleted }))
      return { values, columns: byTime, rows, exclusions: left }
    }
    const pathOf = await context.pathOf(view)
    const present = new Map((await context.facts.files()).map((file) => [file.pathId, file]))
    const rows = [...files.values()].map((file) => {
      const sloc = present.get(file.file)?.sloc
      const churned = file.added + file.deleted
      return {
        path: pathOf(file.file),
        ...{ revisions: file.revisions, added: file.added, deleted: file.deleted },
        ...{ churn: churned, net: file.added - file.deleted, sloc: sloc ?? null },
        relativeChurn: sloc ? churned / sloc : null,
        lastAt: file.lastAt === undefined ? null : timeText(file.lastAt),
        present: present.has(file.file),
      }
    })
    // Files that are gone may have had the same last path, one after the other; they are one row each.
    const sorted = sortRows(rows, [
      [sort, order],
      ["path", "asc"],
      ["present", "desc"],
      ["lastAt", "desc"],
      ["churn", "desc"],
    ])
    return { values, columns: byFile, rows: sorted, exclusions: left }
  },
})
