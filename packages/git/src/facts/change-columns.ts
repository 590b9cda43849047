import type { Change } from "../parse/parse-diff-tree.js"
import type { ChangeBlock } from "./pack-changes.js"

/** The changes of each commit of a block as columns. */
export function toColumns(changes: readonly (readonly Change[])[], pathIds: ReadonlyMap<string, number>): ChangeBlock {
  const firstChange = new Int32Array(changes.length + 1)
  changes.forEach(({ length }, at) => (firstChange[at + 1] = firstChange[at]! + length))
  const length = firstChange[changes.length]!
  const columns = {
    length,
    pathId: new Int32Array(length),
    oldPathId: new Int32Array(length),
    status: new Uint8Array(length),
    kind: new Uint8Array(length),
    added: new Int32Array(length),
    deleted: new Int32Array(length),
  }
  // A loop, because `from` with a function takes ten times as long.
  let at = 0
  for (const commit of changes) {
    for (const { path, oldPath, status, oldMode, newMode, added, deleted } of commit) {
      columns.pathId[at] = pathIds.get(path)!
      columns.oldPathId[at] = oldPath === undefined ? 0 : pathIds.get(oldPath)!
      columns.status[at] = status.charCodeAt(0)
      columns.kind[at] = kindOf(newMode || oldMode).charCodeAt(0)
      columns.added[at] = added ?? -1
      columns.deleted[at] = deleted ?? -1
      at++
    }
  }
  return { firstChange, changes: columns }
}

function kindOf(mode: number): "f" | "l" | "s" {
  if (mode === 0o120000) return "l"
  return mode === 0o160000 ? "s" : "f"
}
