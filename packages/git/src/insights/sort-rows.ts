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
  const keys = by.map(([column, direction]) => createKey(rows, column, direction))
  const order = new Uint32Array(rows.length).map((_, at) => at)
  order.sort((left, right) => {
    for (const compareAt of keys) {
      const outcome = compareAt(left, right)
      if (outcome !== 0) return outcome
    }
    return 0
  })
  return Array.from(order, (at) => rows[at]!)
}

/** Compares rows, by their places, by one column, which is taken out and looked at once. */
function createKey<Item extends Row>(
  rows: readonly Item[],
  column: string & keyof Item,
  direction: "asc" | "desc",
): (left: number, right: number) => number {
  const values: readonly (Json | undefined)[] = rows.map((row) => row[column])
  const missing = Uint8Array.from(values, (value) => (value === null || value === undefined ? 1 : 0))
  const sign = direction === "asc" ? 1 : -1
  if (values.every((value, at) => missing[at] === 1 || typeof value === "number")) {
    const numbers = Float64Array.from(values, (value) => (value ?? 0) as number)
    return (left, right) => missing[left]! - missing[right]! || sign * (numbers[left]! - numbers[right]!)
  }
  const texts = values.map((value, at) => (missing[at] === 1 ? "" : String(value)))
  // Without surrogates, and what comes after them, code units are in the order of bytes, and the engine compares those fastest.
  const compare = texts.some((text) => lateCharacters.test(text)) ? compareBytes : compareCodeUnits
  return (left, right) => missing[left]! - missing[right]! || sign * compare(texts[left]!, texts[right]!)
}

const lateCharacters = /[\ud800-\uffff]/

function compareCodeUnits(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1
}
