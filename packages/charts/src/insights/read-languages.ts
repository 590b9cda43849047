import type { LanguagesBarData } from "../charts/languages-bar.js"
import type { InsightTable } from "./insight-table.js"
import { readNumber, readText } from "./read-value.js"

export function readLanguages(languages: InsightTable | undefined): LanguagesBarData | undefined {
  if (!languages) return undefined
  return {
    languages: languages.rows.flatMap((row) => {
      const name = readText(row, "language", "name")
      const bytes = readNumber(row, "bytes")
      return name && bytes ? [{ name, bytes, color: readText(row, "color", "colour") }] : []
    }),
  }
}
