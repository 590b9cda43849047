import type { OwnershipData } from "../charts/ownership.js"
import type { InsightTable, Row } from "./insight-table.js"
import { readNumber, readRows, readText } from "./read-value.js"

/**
 * Who has how much of each directory, of the insight `ownership`: of its rows, one per directory, or of rows per file, which are
 * added up by directory.
 */
export function readOwnership(ownership: InsightTable | undefined): OwnershipData | undefined {
  if (!ownership) return undefined
  const given = readRows(ownership.values, "directories", "knowledgeMap")
  const rows = given ?? ownership.rows
  const whole = given !== undefined || rows.some((row) => readText(row, "directory", "folder") !== undefined)
  const directories = new Map<string, { total: number; owners: Map<string, number> }>()
  for (const row of rows) {
    const place = readText(row, "directory", "folder", "path", "file")
    const total = readNumber(row, "lines", "total", "added", "amount")
    if (!place || !total) continue
    const path = whole || ownership.parameters["by"] === "directory" ? place : directoryOf(place)
    const directory = directories.get(path) ?? { total: 0, owners: new Map<string, number>() }
    directory.total += total
    for (const { name, amount } of ownersOf(row, total)) {
      directory.owners.set(name, (directory.owners.get(name) ?? 0) + amount)
    }
    directories.set(path, directory)
  }
  const basis = ownership.parameters["basis"]
  return {
    unit: basis === "surviving" ? "surviving lines" : basis === "contribution" ? "lines added" : "lines",
    directories: [...directories].map(([path, { total, owners }]) => ({
      path,
      total,
      owners: [...owners].map(([name, amount]) => ({ name, amount })),
    })),
  }
}

/** All owners, if the row names them, else the main one and its share. */
function ownersOf(row: Row, total: number): { name: string; amount: number }[] {
  const owners = readRows(row, "owners", "people", "shares")
  if (owners) {
    return owners.flatMap((owner) => {
      const name = readText(owner, "name", "person", "author")
      const amount = readNumber(owner, "lines", "amount", "added") ?? (readNumber(owner, "share") ?? 0) * total
      return name && amount > 0 ? [{ name, amount }] : []
    })
  }
  const main = readText(row, "mainDeveloper", "mainDeveloperName", "main", "owner", "mainOwner", "name")
  const amount = (readNumber(row, "share", "mainShare", "ownership") ?? 0) * total
  return main && amount > 0 ? [{ name: main, amount }] : []
}

/** The first two folders: whole repositories have a few dozen of them. */
function directoryOf(path: string): string {
  return path.split("/").slice(0, -1).slice(0, 2).join("/") || "."
}
