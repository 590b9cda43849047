import type { OwnershipData } from "../charts/ownership.js"
import type { InsightTable, Row } from "./insight-table.js"
import { readNumber, readRows, readText } from "./read-value.js"

/**
 * Who has how much of each directory, of the insight `ownership` by directory; of one by file, the files of main developers are
 * added up by directory.
 */
export function readOwnership(ownership: InsightTable | undefined): OwnershipData | undefined {
  if (!ownership) return undefined
  const { basis, by } = ownership.parameters
  const directories = new Map<string, { total: number; owners: Map<string, number>; people: number | undefined }>()
  for (const row of ownership.rows) {
    const place = readText(row, "directory", "path")
    const total = readNumber(row, "lines", "total")
    if (!place || !total) continue
    const whole = by === "directory" || row["directory"] !== undefined
    // That of the whole repository says nothing about parts, and what lies deeper is too much for one look.
    if (whole && (place === "." || place.split("/").length > 2)) continue
    const path = whole ? place : directoryOf(place)
    // People of several files may be the same ones.
    const people = whole ? readNumber(row, "people") : undefined
    const directory = directories.get(path) ?? { total: 0, owners: new Map<string, number>(), people }
    directory.total += total
    for (const { name, amount } of ownersOf(row, total)) {
      directory.owners.set(name, (directory.owners.get(name) ?? 0) + amount)
    }
    directories.set(path, directory)
  }
  return {
    unit: basis === "surviving" ? "surviving lines" : basis === "contribution" ? "lines added" : "lines",
    directories: [...directories]
      .filter(
        ([path, { total }]) =>
          ![...directories].some(([other, inner]) => other.startsWith(`${path}/`) && inner.total === total),
      )
      .map(([path, { total, owners, people }]) => ({
        ...{ path, total, people },
        owners: [...owners].map(([name, amount]) => ({ name, amount })),
      })),
  }
}

/** All owners, if the row names them, else the main one and its share. */
function ownersOf(row: Row, total: number): { name: string; amount: number }[] {
  const owners = readRows(row, "owners")
  if (owners) {
    return owners.flatMap((owner) => {
      const name = readText(owner, "name")
      const amount = readNumber(owner, "lines") ?? (readNumber(owner, "share") ?? 0) * total
      return name && amount > 0 ? [{ name, amount }] : []
    })
  }
  const main = readText(row, "mainDeveloper")
  const amount = (readNumber(row, "share") ?? 0) * total
  return main && amount > 0 ? [{ name: main, amount }] : []
}

/** The first two folders: whole repositories have a few dozen of them. */
function directoryOf(path: string): string {
  return path.split("/").slice(0, -1).slice(0, 2).join("/") || "."
}
