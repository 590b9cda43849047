import type { InsightReader, Json, RepositoryReference, SnapshotComparison } from "@assay/core"
import { compareBytes } from "./people.js"
import { roundHalfUp } from "./round-half-up.js"

const hotspotsCompared = 20

/** What rose and fell: the numbers of the summary, and the files whose score as a hotspot changed most. */
export async function compareSnapshots(
  reader: Pick<InsightReader, "read">,
  repository: RepositoryReference,
  { base, head }: { base: number; head: number },
): Promise<SnapshotComparison> {
  const before = await reader.read(repository, "summary", { snapshot: base })
  const after = await reader.read(repository, "summary", { snapshot: head })
  const values: Record<string, { base: Json; head: Json; difference: number | null }> = {}
  for (const [key, was] of Object.entries(before.values)) {
    const is = after.values[key] ?? null
    // Lists are for people to read; what changed in them is no number.
    if (typeof was === "object" && was !== null) continue
    const difference = typeof was === "number" && typeof is === "number" ? roundHalfUp(is - was) : null
    values[key] = { base: was, head: is, difference }
  }
  const scores = new Map<string, { base: number; head: number }>()
  for (const [side, snapshot] of [
    ["base", base],
    ["head", head],
  ] as const) {
    const { rows } = await reader.read(repository, "hotspots", { snapshot, limit: "all" })
    for (const { path, score } of rows) {
      const known = scores.get(path as string) ?? { base: 0, head: 0 }
      scores.set(path as string, { ...known, [side]: score as number })
    }
  }
  const change = (scored: { base: number; head: number }): number => Math.abs(scored.head - scored.base)
  const hotspots = [...scores]
    .map(([path, scored]) => ({ path, ...scored }))
    .filter((scored) => change(scored) > 0)
    .sort((left, right) => change(right) - change(left) || compareBytes(left.path, right.path))
    .slice(0, hotspotsCompared)
  return { base: before.snapshot, head: after.snapshot, values, hotspots }
}
