import { gitOf } from "./ask-git.mjs"
import { checkLines } from "./check-lines.mjs"
import { countWithGit } from "./count-with-git.mjs"
import { compareWithLinguist } from "./peer-tools.mjs"

/**
 * Every insight that plain git can be asked for, from both sides.
 *
 * @param {string} path
 * @param {{ commit: string, read: any, insights: Record<string, Map<string, any>> }} ours
 * @returns {Promise<[label: string, ours: Map<string, any>, git: Map<string, any>][]>}
 */
export async function compareInsights(path, { commit, read, insights }) {
  const git = gitOf(path, commit)
  const { rows } = await read("files")
  // Vendored, generated and documentation files, and languages that do not count, are the product's: they are compared with linguist.
  const { rows: candidates } = await read("hotspots")
  const candidate = new Set(candidates.map((/** @type {{ path: string }} */ row) => row.path))
  const files = rows.map((/** @type {any} */ row) => ({
    ...row,
    detectable: candidate.has(row.path),
    excluded: candidate.has(row.path) ? null : "excluded",
  }))
  const counted = countWithGit({ git, commit, files })
  const lines = await checkLines({ git, commit }, read)
  return [
    ...Object.entries(counted).map(
      ([label, theirs]) =>
        /** @type {[string, Map<string, any>, Map<string, any>]} */ ([label, insights[label] ?? new Map(), theirs]),
    ),
    ...Object.entries(lines).map(
      ([label, [mine, theirs]]) => /** @type {[string, Map<string, any>, Map<string, any>]} */ ([label, mine, theirs]),
    ),
    ...(await compareWithLinguist(path, { commit, read })),
  ]
}
