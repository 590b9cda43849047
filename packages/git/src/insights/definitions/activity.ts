import { createCalendar, secondsOfDay } from "../calendar.js"
import { defineInsight } from "../insight-definition.js"
import { historyExclusions, zoneOf } from "../insight-context.js"
import { countActivity, countActivityOfPeople, countAuthors, countCommitsByTime } from "../metrics/activity.js"
import { countCommitSizes } from "../metrics/commit-sizes.js"
import { countCommits } from "../metrics/commits.js"
import { heatLevels } from "../metrics/heat-level.js"
import { punchCard } from "../metrics/punch-card.js"
import { countTeam } from "../metrics/team-growth.js"
import { paceOf } from "../metrics/velocity.js"
import * as take from "../parameter.js"
import { sortRows } from "../sort-rows.js"

const byTime = ["start", "commits", "authors", "added", "deleted", "level"]

export const activity = defineInsight({
  name: "activity",
  version: 1,
  early: true,
  title: "Activity",
  definition:
    "Non-merge commits by day, week or month of the author's time; no bucket is left out between the first commit and `now`. Velocity is the median of the commits of the last 12 whole weeks, consistency the standard deviation of weekly commits as a share of their mean, over the weeks from the first commit to the last.",
  takes: {
    by: take.choice("by", "What a row is: a bucket, a person in a bucket, or the team in a month.", [
      "time",
      "person",
      "team",
    ]),
    interval: take.interval,
    since: take.since,
    until: take.until,
    path: take.path,
    exclude: take.exclude,
    bots: take.botsShown,
    ignoreCommits: take.ignoreCommits,
    tz: take.tz,
    weekStart: take.weekStart,
    scale: take.choice("scale", "Levels of days: quarters of the days with commits, or up to 2, 5, 10 and more.", [
      "quartile",
      "fixed",
    ]),
    now: take.now,
    branch: take.branch,
  },
  values: {
    commits: "non-merge commits",
    people: "people with one",
    activeDays: "days with one",
    velocity: "the median of the commits of the last 12 whole weeks",
    velocityBefore: "the same of the 12 weeks before",
    consistency: "standard deviation / mean of weekly commits: 0 is perfectly steady",
    lateNightShare: "of the commits, those from 22:00 up to 06:00 on the author's own clock",
    weekendShare: "of the commits, those on Saturday or Sunday on the author's own clock",
    commitSizeMedian: "lines added and deleted of a commit",
    commitSizeP90: "what nine of ten commits do not exceed",
    commitSizes: "commits of up to 10 lines (`small`), 100 (`medium`), 500 (`large`) and more (`huge`)",
    last52Weeks: "the last 52 weeks, oldest first: `week` (its first day), `total` and `days`",
  },
  columns: {
    start: "the first day of the bucket",
    commits: "non-merge commits",
    authors: "people with a commit",
    added: "lines added; this and what follows from changes is null while the repository is first read",
    deleted: "lines deleted",
    level: "0 without commits, else 1 to 4",
    name: "the person",
    email: "the address of the person",
    active: "people with a commit in the month",
    joined: "people whose first commit of all it has",
    left: "people whose last commit it has, if that is 180 days or more before `now`",
    members: "all who joined and did not leave until its end",
  },
  async compute(context, parameters) {
    const { by, interval, weekStart, scale } = parameters
    const { now, latest } = context
    const zone = zoneOf(parameters.tz)
    const calendar = createCalendar(interval, { zone, weekStart })
    const days = createCalendar("day", { zone, weekStart })
    const weeks = createCalendar("week", { zone, weekStart })
    const { results, leftOut } = await context.fold(
      [
        countCommits(latest),
        countActivity({ calendar: days, now, latest }),
        countCommitsByTime({ calendar: weeks, now, latest }),
        countAuthors({ latest }),
        punchCard({ zone: undefined, latest }),
        countCommitSizes(),
      ] as const,
      parameters,
      "author",
    )
    const [commits, daily, weekly, people, punched, sizes] = results
    const pace = paceOf(weekly.filter(({ bucket }) => bucket <= weeks.bucketOf(now)).map((week) => week.commits))
    const thisWeek = weeks.bucketOf(now)
    const firstDay = Date.parse(weeks.startOf(thisWeek - 51)) / 1000 / secondsOfDay
    const commitsOfDay = new Map<number, number>()
    for (const { bucket, commits } of daily) if (bucket >= firstDay) commitsOfDay.set(bucket, commits)
    const values = {
      commits: commits.commitsNonMerge,
      people,
      activeDays: daily.filter((day) => day.commits > 0).length,
      velocity: pace.velocity ?? null,
      velocityBefore: pace.velocityBefore ?? null,
      consistency: pace.consistency ?? null,
      lateNightShare: punched.commits === 0 ? null : punched.lateNight / punched.commits,
      weekendShare: punched.commits === 0 ? null : punched.weekend / punched.commits,
      commitSizeMedian: (context.complete ? sizes.median : undefined) ?? null,
      commitSizeP90: (context.complete ? sizes.p90 : undefined) ?? null,
      commitSizes: context.complete ? { ...sizes.classes } : null,
      last52Weeks: Array.from({ length: 52 }, (_, index) => {
        const week = weeks.startOf(thisWeek - 51 + index)
        const first = firstDay + 7 * index
        const counts = Array.from({ length: 7 }, (_, day) => commitsOfDay.get(first + day) ?? 0)
        return { week, total: counts.reduce((sum, count) => sum + count, 0), days: counts }
      }),
    }
    const exclusions = historyExclusions(leftOut, Math.max(leftOut.invalidTimes, commits.invalidTimes))
    if (by === "time") {
      const buckets =
        interval === "day"
          ? daily
          : (await context.fold([countActivity({ calendar, now, latest })], parameters, "author")).results[0]
      const levels = heatLevels(
        buckets.map((bucket) => bucket.commits),
        scale,
      )
      const rows = buckets.map(({ start, commits, authors, added, deleted }, at) => ({
        start,
        commits,
        authors,
        added: context.complete ? added : null,
        deleted: context.complete ? deleted : null,
        level: levels[at]!,
      }))
      return { values, columns: byTime, rows, exclusions }
    }
    if (by === "team") {
      // Who joined or left is said of all their commits, whatever the window; it chooses the months that are shown.
      const whole = { ...parameters, since: null, until: null }
      const team = (await context.fold([countTeam({ zone, now, latest })], whole, "author")).results[0]
      const months = createCalendar("month", { zone, weekStart })
      const { since, until } = parameters
      const rows = team
        .map(({ month, ...row }) => ({ start: months.startOf(month), ...row }))
        .filter(({ start }) => (since === null || start >= since.slice(0, 7)) && (until === null || start < until))
      return { values, columns: ["start", "active", "joined", "left", "members"], rows, exclusions }
    }
    const { name, email } = await context.people()
    const ofPeople = (await context.fold([countActivityOfPeople({ calendar, latest })], parameters, "author"))
      .results[0]
    const rows = ofPeople.map(({ bucket, person, commits }) => ({
      ...{ start: calendar.startOf(bucket), name: name[person]!, email: email[person]!, commits },
    }))
    const sorted = sortRows(rows, [
      ["start", "asc"],
      ["commits", "desc"],
      ["email", "asc"],
    ])
    return { values, columns: ["start", "name", "email", "commits"], rows: sorted, exclusions }
  },
})
