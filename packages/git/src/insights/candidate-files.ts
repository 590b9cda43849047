import type { InsightExclusion } from "@assay/core"
import type { FileRow } from "../facts/snapshot-facts.js"
import { exclusions } from "./insight-context.js"

/** Why a file is none of those that people worked on by hand. */
export type KindOfFile = "vendored" | "generated" | "documentation" | "data" | "binary" | "lfs"

const reasons: Readonly<Record<KindOfFile, string>> = {
  vendored: "copied from elsewhere; `include=vendored` counts them",
  generated: "written by a program; `include=generated` counts them",
  documentation: "documentation; `include=documentation` counts them",
  data: "of a language that is data or prose; `include=data` counts them",
  binary: "they have no lines",
  lfs: "pointers to what Git LFS keeps elsewhere",
}

/** Divides files into those that are somebody's own work and the others, which are counted by why they are not. */
export function candidateFiles(
  files: readonly FileRow[],
  include: readonly string[] | null,
): { candidates: FileRow[]; exclusions: InsightExclusion[] } {
  const candidates: FileRow[] = []
  const counts = new Map<KindOfFile, number>()
  for (const file of files) {
    const kind = kindOf(file)
    if (kind === undefined || include?.includes(kind)) candidates.push(file)
    else counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  const all = Object.entries(reasons) as [KindOfFile, string][]
  return {
    candidates,
    exclusions: exclusions(all.map(([kind, reason]) => [kind, counts.get(kind) ?? 0, "files", reason] as const)),
  }
}

function kindOf(file: FileRow): KindOfFile | undefined {
  if (file.lfs) return "lfs"
  if (file.lines === undefined) return "binary"
  if (file.excluded) return file.excluded.what
  return file.language !== undefined && !file.detectable ? "data" : undefined
}
