import type { Change } from "../parse/parse-diff-tree.js"
import type { ChangeBlock } from "./pack-changes.js"

/** The changes of each commit of a block as columns. */
export function toColumns(changes: readonly (readonly Change[])[], pathIds: ReadonlyMap<string, number>): ChangeBlock {
  const firstChange = new Int32Array(changes.length + 1)
  changes.forEach(({ length }, at) => (firstChange[at + 1] = firstChange[at]! + length))
  const all = changes.flat()
  return {
    firstChange,
    changes: {
      length: all.length,
      pathId: Int32Array.from(all, ({ path }) => pathIds.get(path)!),
      oldPathId: Int32Array.from(all, ({ oldPath }) => (oldPath === undefined ? 0 : pathIds.get(oldPath)!)),
      status: Uint8Array.from(all, ({ status }) => status.charCodeAt(0)),
      kind: Uint8Array.from(all, ({ oldMode, newMode }) => kindOf(newMode || oldMode).charCodeAt(0)),
      added: Int32Array.from(all, ({ added }) => added ?? -1),
      deleted: Int32Array.from(all, ({ deleted }) => deleted ?? -1),
    },
  }
}

function kindOf(mode: number): "f" | "l" | "s" {
  if (mode === 0o120000) return "l"
  return mode === 0o160000 ? "s" : "f"
}
