import type { Json } from "@assay/core"
import { timeText } from "../calendar.js"
import { defineInsight } from "../insight-definition.js"
import { exclusions, historyExclusions } from "../insight-context.js"
import { countCommits } from "../metrics/commits.js"
import { countContributors } from "../metrics/contributors.js"
import { gini } from "../metrics/gini.js"
import * as take from "../parameter.js"
import { sortRows } from "../sort-rows.js"

export const contributors = defineInsight({
  name: "contributors",
  version: 1,
  early: true,
  title: "Contributors",
  definition:
    "What each person did in non-merge commits. A person is an address after the .mailmap, compared without case. Lines are those of regular text files, with renames detected at 50 %; windows are by the author's time.",
  takes: {
    since: take.since,
    until: take.until,
    path: take.path,
    exclude: take.exclude,
    bots: take.botsHidden,
    ignoreCommits: take.ignoreCommits,
    sort: take.choice("sort", "The column that rows are sorted by.", [
      "commits",
      "added",
      "deleted",
      "filesTouched",
      "activeDays",
      "coauthored",
      "firstAt",
      "lastAt",
      "name",
    ]),
    order: take.order,
    now: take.now,
    branch: take.branch,
  },
  values: {
    contributors: "people with a non-merge commit",
    commits: "commits, merges included",
    merges: "commits with two or more parents; they contribute nothing else",
    commitsNonMerge: "commits with one parent or none",
    emptyCommits: "non-merge commits that change nothing",
    gini: "how unequally commits are shared: 0 when all have the same, towards 1 when one has them all",
  },
  columns: {
    name: "the name that most of the person's commits have",
    email: "the address, in lower case",
    bot: "a program",
    commits: "non-merge commits",
    share: "of all of these commits, those of programs left out included",
    coauthored: "commits of others that name the person as co-author",
    added: "lines added; this and what follows from changes is null while the repository is first read",
    deleted: "lines deleted",
    filesTouched: "distinct paths",
    activeDays: "distinct days (UTC) with a commit",
    firstAt: "the first commit, by the author's clock",
    lastAt: "the last commit, by the author's clock",
  },
  async compute(context, parameters) {
    const people = await context.people()
    const { latest } = context
    const { bots, sort, order } = parameters
    // Totals are of everybody, also of those who are not shown.
    const { results, leftOut } = await context.fold(
      [countCommits(latest), countContributors(people, { latest })],
      { ...parameters, bots: "show" },
      "author",
    )
    const [commits, all] = results
    const shown = all.filter(({ person }) => bots === "show" || (people.bot[person] === 1) === (bots === "only"))
    const hidden = all.length - shown.length
    const rows = shown.map((row) => ({
      name: people.name[row.person]!,
      email: people.email[row.person]!,
      bot: people.bot[row.person] === 1,
      commits: row.commits,
      share: commits.commitsNonMerge === 0 ? 0 : row.commits / commits.commitsNonMerge,
      coauthored: row.coauthored,
      added: context.complete ? row.added : null,
      deleted: context.complete ? row.deleted : null,
      filesTouched: context.complete ? row.filesTouched : null,
      activeDays: row.activeDays,
      firstAt: row.firstAt === undefined ? null : timeText(row.firstAt),
      lastAt: row.lastAt === undefined ? null : timeText(row.lastAt),
    }))
    const values: Record<string, Json> = {
      contributors: shown.filter((row) => row.commits > 0).length,
      commits: commits.commits,
      merges: commits.merges,
      commitsNonMerge: commits.commitsNonMerge,
      emptyCommits: context.complete ? commits.emptyCommits : null,
      gini: gini(shown.map((row) => row.commits).filter((count) => count > 0)) ?? null,
    }
    return {
      values,
      rows: sortRows(rows, [
        [sort, order],
        ["email", "asc"],
      ]),
      exclusions: [
        ...exclusions([
          bots === "only"
            ? ["people", hidden, "people", "not programs"]
            : ["bots", hidden, "people", "programs; `bots=show` shows them. Totals count them"],
        ]),
        ...historyExclusions(leftOut, Math.max(leftOut.invalidTimes, commits.invalidTimes)),
      ],
    }
  },
})
