import { compareBytes } from "../people.js"
import { nearestRank } from "./quantile.js"

export interface HotspotCandidate {
  readonly path: string
  readonly revisions: number
  readonly size: number
}

export interface Hotspot extends HotspotCandidate {
  readonly score: number
  /** `revisions` as a share of the most revisions, and `size` of the largest size. */
  readonly revisionsShare: number
  readonly sizeShare: number
  /** How many of a hundred candidates do not have a higher score. */
  readonly percentile: number
  readonly category: "hotspot" | "frequent" | "massive" | "stable"
}

/**
 * Which files are both large and often changed, after Tornhill, *Your Code as a Crime Scene*:
 * `score = 100 · √(revisions / most revisions · size / largest size)`, a geometric mean, so that neither a large file that rests
 * nor a small one that is busy comes first. The largest values and the 90th percentiles are those of all candidates.
 */
export function rankHotspots<Candidate extends HotspotCandidate>(
  candidates: readonly Candidate[],
): (Hotspot & { readonly candidate: Candidate })[] {
  const revisions = Float64Array.from(candidates, (candidate) => candidate.revisions).sort()
  const sizes = Float64Array.from(candidates, (candidate) => candidate.size).sort()
  const mostRevisions = revisions.at(-1) ?? 0
  const largestSize = sizes.at(-1) ?? 0
  const many = nearestRank(revisions, 0.9) ?? 0
  const large = nearestRank(sizes, 0.9) ?? 0
  const ranked = candidates.map((candidate) => {
    const { path, revisions, size } = candidate
    const revisionsShare = mostRevisions === 0 ? 0 : revisions / mostRevisions
    const sizeShare = largestSize === 0 ? 0 : size / largestSize
    const score = 100 * Math.sqrt(revisionsShare * sizeShare)
    // Where nine of ten files were not touched at all, those ten are no frequent ones.
    const frequent = revisions >= many && revisions > 0
    const massive = size >= large && size > 0
    const category = frequent && massive ? "hotspot" : frequent ? "frequent" : massive ? "massive" : "stable"
    return { candidate, path, revisions, size, score, revisionsShare, sizeShare, percentile: 0, category } as const
  })
  ranked.sort(
    (left, right) =>
      right.score - left.score || right.revisions - left.revisions || compareBytes(left.path, right.path),
  )
  // From the lowest on; equal scores have the rank of the first of them.
  let rank = ranked.length
  return ranked.map((hotspot, index) => {
    if (index > 0 && ranked[index - 1]!.score !== hotspot.score) rank = ranked.length - index
    return { ...hotspot, percentile: (100 * rank) / ranked.length }
  })
}
