import type { TagFacts } from "../../facts/snapshot-facts.js"
import { kindOfTag } from "../../facts/release-tags.js"
import { secondsOfDay } from "../calendar.js"
import { compareBytes } from "../people.js"
import { quantile } from "./quantile.js"

export type TagKind = ReturnType<typeof kindOfTag>

export interface Release {
  readonly tag: TagFacts
  readonly kind: TagKind
  /** Since the stable release before it, in days; of stable releases that have one. */
  readonly gapDays: number | undefined
}

/** Tags, oldest first; of the same moment by name. */
export function listReleases(tags: readonly TagFacts[]): Release[] {
  let previous: Date | undefined
  return [...tags]
    .sort((left, right) => left.createdAt.getTime() - right.createdAt.getTime() || compareBytes(left.name, right.name))
    .map((tag) => {
      const kind = kindOfTag(tag.name)
      if (kind !== "release") return { tag, kind, gapDays: undefined }
      const gapDays = previous && (tag.createdAt.getTime() - previous.getTime()) / 1000 / secondsOfDay
      previous = tag.createdAt
      return { tag, kind, gapDays }
    })
}

/** The median of the gaps between stable releases that follow one another, and what nine of ten do not exceed, in days. */
export function cadenceOf(releases: readonly Release[]): { median: number | undefined; p90: number | undefined } {
  const gaps = Float64Array.from(releases.flatMap(({ gapDays }) => (gapDays === undefined ? [] : [gapDays]))).sort()
  return { median: quantile(gaps, 0.5), p90: quantile(gaps, 0.9) }
}
