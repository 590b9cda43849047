import type { FileRow } from "../../facts/snapshot-facts.js"
import { loadLanguageTable } from "../../languages/language-table.js"
import { defineInsight } from "../insight-definition.js"
import { exclusions } from "../insight-context.js"
import { countsAsLanguage, shareLanguages } from "../metrics/languages.js"
import * as take from "../parameter.js"

export const languages = defineInsight({
  name: "languages",
  version: 2,
  title: "Languages",
  definition:
    "Bytes of regular files by language, after linguist's rules: without files that are binary, vendored, generated or documentation, and without languages that are data or prose unless the repository asks for them. A language that linguist has as part of another counts as that other. percent = 100 · bytes / bytes of all languages.",
  takes: { path: take.path, exclude: take.exclude, now: take.now, branch: take.branch },
  values: { languages: "languages", bytes: "bytes of all of them", files: "files of all of them" },
  columns: {
    language: "as linguist calls it",
    color: "its colour at linguist, as #rrggbb; null if it has none",
    percent: "of the bytes",
    bytes: "bytes",
    files: "files",
    lines: "lines",
    sloc: "lines with a byte that is not white space",
  },
  async compute(context, parameters) {
    const files = await context.files(parameters)
    const rows = shareLanguages(files, await loadLanguageTable())
    const out = new Map<string, number>()
    for (const file of files) if (!countsAsLanguage(file)) out.set(why(file), (out.get(why(file)) ?? 0) + 1)
    const left = (what: string): number => out.get(what) ?? 0
    return {
      values: {
        languages: rows.length,
        bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
        files: rows.reduce((sum, row) => sum + row.files, 0),
      },
      rows: rows.map((row) => ({ ...row })),
      exclusions: exclusions([
        ["lfs", left("lfs"), "files", "pointers to what Git LFS keeps elsewhere"],
        ["binary", left("binary"), "files", "they have no lines"],
        ["vendored", left("vendored"), "files", "copied from elsewhere"],
        ["generated", left("generated"), "files", "written by a program"],
        ["documentation", left("documentation"), "files", "documentation"],
        ["unknown", left("unknown"), "files", "of no language that is known"],
        ["data", left("data"), "files", "of a language that is data or prose"],
      ]),
    }
  },
})

function why(file: FileRow): string {
  if (file.lfs) return "lfs"
  if (file.lines === undefined) return "binary"
  if (file.excluded) return file.excluded.what
  return file.language === undefined ? "unknown" : "data"
}
