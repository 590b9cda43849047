import type { FileRow } from "../../facts/snapshot-facts.js"
import { languageGroup } from "../../languages/language-table.js"
import type { LanguageTable } from "../../languages/language-table.js"
import { compareBytes } from "../people.js"

export interface LanguageShare {
  /** One that is part of another counts as that other, as linguist has it. */
  readonly language: string
  /** `#rrggbb`, as linguist has it. */
  readonly color: string | null
  readonly bytes: number
  /** Of the bytes of all languages, in percent. */
  readonly percent: number
  readonly files: number
  readonly lines: number
  readonly sloc: number
}

/** Bytes by language, most first, of the files that count: the authors' own, of a type that linguist counts. */
export function shareLanguages(files: readonly FileRow[], table: LanguageTable): LanguageShare[] {
  const shares = new Map<string, { language: string; bytes: number; files: number; lines: number; sloc: number }>()
  let total = 0
  for (const file of files) {
    if (!countsAsLanguage(file)) continue
    const language = languageGroup(file.language!, table)
    let share = shares.get(language)
    if (!share) shares.set(language, (share = { language, bytes: 0, files: 0, lines: 0, sloc: 0 }))
    total += file.bytes
    share.bytes += file.bytes
    share.files++
    share.lines += file.lines ?? 0
    share.sloc += file.sloc ?? 0
  }
  return [...shares.values()]
    .map((share) => ({
      ...share,
      color: table.byName.get(share.language)?.color ?? null,
      percent: total === 0 ? 0 : (100 * share.bytes) / total,
    }))
    .sort((left, right) => right.bytes - left.bytes || compareBytes(left.language, right.language))
}

export function countsAsLanguage(file: FileRow): boolean {
  return file.language !== undefined && file.detectable && file.excluded === undefined && !file.lfs
}
