import { secondsOfDay, timeText } from "../calendar.js"
import { defineInsight } from "../insight-definition.js"
import { exclusions, secondsOf } from "../insight-context.js"
import { cadenceOf, listReleases } from "../metrics/releases.js"
import * as take from "../parameter.js"

export const releases = defineInsight({
  name: "releases",
  version: 1,
  title: "Releases",
  definition:
    "Tags of commits that the snapshot reaches, newest first. A release is called by a version (`v1.2`, `name@1.2.3`), a pre-release has something after it (`-rc.1`). The time is the tagger's, or the committer's of a tag without one. Cadence: the gaps between stable releases that follow one another.",
  takes: {
    kind: take.choice("kind", "Which tags.", ["all", "release", "prerelease", "other"]),
    since: take.since,
    until: take.until,
    now: take.now,
    branch: take.branch,
  },
  values: {
    tags: "tags",
    releases: "stable releases",
    prereleases: "pre-releases",
    cadenceMedianDays: "the median of the gaps, in days; null with less than two releases",
    cadenceP90Days: "what nine of ten gaps do not exceed, in days",
    latest: "the newest stable release",
    latestAt: "when it was made",
    daysSinceLatest: "days from then to `now`",
  },
  columns: {
    name: "the tag",
    kind: "`release`, `prerelease` or `other`",
    at: "when it was made",
    commit: "the commit it leads to",
    gapDays: "days since the stable release before it; of stable releases",
    commitsSince:
      "non-merge commits that it reaches, and the release or pre-release before it does not; of releases of both kinds",
    authorsSince: "the people who made them",
  },
  async compute(context, parameters) {
    const people = await context.people()
    const since = secondsOf(parameters.since) ?? -Infinity
    const until = secondsOf(parameters.until) ?? Infinity
    const all = listReleases(await context.facts.tags())
    const inWindow = all.filter(({ tag }) => {
      const seconds = tag.createdAt.getTime() / 1000
      return seconds >= since && seconds < until
    })
    const stable = inWindow.filter(({ kind }) => kind === "release")
    const latest = stable.at(-1)?.tag
    const cadence = cadenceOf(stable)
    const rows = inWindow
      .filter(({ kind }) => parameters.kind === "all" || kind === parameters.kind)
      .reverse()
      .map(({ tag, kind, gapDays }) => ({
        ...{ name: tag.name, kind, at: timeText(tag.createdAt.getTime() / 1000), commit: tag.commit },
        gapDays: gapDays ?? null,
        commitsSince: tag.since?.commits ?? null,
        authorsSince: tag.since ? new Set(tag.since.authorIds.map((id) => people.positionOf(id))).size : null,
      }))
    return {
      values: {
        tags: inWindow.length,
        releases: stable.length,
        prereleases: inWindow.filter(({ kind }) => kind === "prerelease").length,
        ...{ cadenceMedianDays: cadence.median ?? null, cadenceP90Days: cadence.p90 ?? null },
        latest: latest?.name ?? null,
        latestAt: latest ? timeText(latest.createdAt.getTime() / 1000) : null,
        daysSinceLatest: latest ? (context.now - latest.createdAt.getTime() / 1000) / secondsOfDay : null,
      },
      rows,
      exclusions: exclusions([["window", all.length - inWindow.length, "tags", "made outside of `since` and `until`"]]),
    }
  },
})
