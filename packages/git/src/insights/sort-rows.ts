import type { Json } from "@assay/core"
import type { Row } from "./insight-definition.js"
import { compareBytes } from "./people.js"

/**
 * Sorts by a column, what is not there last, and where that is equal by the other columns in their direction. Texts compare as
 * their bytes.
 */
export function sortRows<Item extends Row>(
  rows: readonly Item[],
  by: readonly (readonly [column: string & keyof Item, direction: "asc" | "desc"])[],
): Item[] {
  return [...rows].sort((left, right) => {
    for (const [column, direction] of by) {
      const one = left[column]
      const other = right[column]
      if (one === other) continue
      if (one === null || one === undefined) return 1
      if (other === null || other === undefined) return -1
      const order = compare(one, other)
      if (order !== 0) return direction === "asc" ? order : -order
    }
    return 0
  })
}

function compare(one: Json, other: Json): number {
  if (typeof one === "number" && typeof other === "number") return one - other
  return compareBytes(String(one), String(other))
}
