import { disambiguate } from "./disambiguate.js"
import { genericExtensions } from "./generic-extensions.js"
import { interpreterOf } from "./interpreter.js"
import { loadLanguageTable } from "./language-table.js"
import type { Language, LanguageTable } from "./language-table.js"
import { modelineOf } from "./modeline.js"
import { preferredByExtension, preferredByInterpreter } from "./preferred-languages.js"
import { textLines } from "./text-lines.js"
import type { TextLines } from "./text-lines.js"

/** Says which language files are in. Pure once it is made. */
export interface LanguageDetector {
  /**
   * The language of a file after linguist's rules: by its modeline, its name, its first line, its extension, its XML declaration, what
   * a manual page is called, and, where these leave more than one language, by patterns in its text. Instead of linguist's classifier,
   * a list of preferences decides what is still open. `content` is the file, or its first 128 KiB; without it the name has to do.
   * `undefined` if nothing tells.
   */
  detect(path: string, content?: Buffer): Language | undefined
  /** The language of an alias, or of a name with its white space as dashes, whatever the case. */
  find(alias: string): Language | undefined
}

/** Makes a detector. It takes a moment for the first one, to load the data. */
export async function createLanguageDetector(): Promise<LanguageDetector> {
  const table = await loadLanguageTable()
  const find = (alias: string): Language | undefined =>
    table.byAlias.get(alias.toLowerCase()) ?? table.byAlias.get(alias.split(",", 1)[0]!.toLowerCase())
  return {
    find,
    detect(path, content) {
      const file = { name: path.slice(path.lastIndexOf("/") + 1), lines: content && textLines(content) }
      let candidates: readonly Language[] = []
      for (const strategy of strategies) {
        const found = strategy(file, { candidates, table, find })
        if (found.length === 1) return found[0]
        if (found.length > 1) candidates = found
      }
      return prefer(file, candidates, table)
    },
  }
}

interface DetectedFile {
  readonly name: string
  /** `undefined` if only the name is known. */
  readonly lines: TextLines | undefined
}

/**
 * Finds languages, among the candidates if there are any. One that is alone is the answer; several are the candidates of the next
 * strategy; none leave the candidates as they were.
 */
type Strategy = (
  file: DetectedFile,
  known: { candidates: readonly Language[]; table: LanguageTable; find: LanguageDetector["find"] },
) => readonly Language[]

const strategies: readonly Strategy[] = [
  function modeline({ lines }, { find }) {
    const mode = lines && modelineOf(lines)
    return listOf(mode === undefined ? undefined : find(mode))
  },
  function filename({ name }, { candidates, table }) {
    return among(candidates, table.byFilename.get(name))
  },
  function shebang({ lines }, { candidates, table }) {
    const interpreter = lines && interpreterOf(lines)
    return among(candidates, interpreter === undefined ? undefined : table.byInterpreter.get(interpreter))
  },
  function extension({ name }, { candidates, table }) {
    if (genericExtensions.some((generic) => name.toLowerCase().endsWith(generic))) return candidates
    return among(candidates, table.byExtension.get(knownExtension(name, table) ?? ""))
  },
  function xml({ lines }, { candidates, table }) {
    if (candidates.length > 0 || !lines) return candidates
    return lines.first(2).some((line) => line.includes("xml version=")) ? listOf(table.byName.get("XML")) : []
  },
  function manualPage({ name }, { candidates, table }) {
    if (candidates.length > 0 || !manualPages.test(name)) return candidates
    return [table.byName.get("Roff Manpage")!, table.byName.get("Roff")!]
  },
  function heuristics({ name, lines }, { table }) {
    const names = lines ? disambiguate(name, lines) : []
    return names.flatMap((language) => table.byName.get(language) ?? [])
  },
]

/** `ls.1`, `printf.3p`, `git.1.in`, but not `a.12`. */
const manualPages = /\.(?:[1-9](?![0-9])[a-z_0-9]*|0p|n|man|mdoc)(?:\.in)?$/i

function listOf(language: Language | undefined): readonly Language[] {
  return language ? [language] : []
}

function among(candidates: readonly Language[], found: readonly Language[] = []): readonly Language[] {
  return candidates.length === 0 ? found : candidates.filter((language) => found.includes(language))
}

/** The longest that is known: `.d.ts` goes before `.ts`. */
function knownExtension(name: string, { byExtension }: LanguageTable): string | undefined {
  const lower = name.toLowerCase()
  for (let dot = lower.indexOf("."); dot !== -1; dot = lower.indexOf(".", dot + 1)) {
    if (byExtension.has(lower.slice(dot))) return lower.slice(dot)
  }
  return undefined
}

/** Of what neither name nor text decides: the language that most such files are in, or whose own extension it is. */
function prefer(
  { name, lines }: DetectedFile,
  candidates: readonly Language[],
  table: LanguageTable,
): Language | undefined {
  if (candidates.length === 0) return undefined
  const extension = knownExtension(name, table) ?? ""
  const interpreter = (lines && interpreterOf(lines)) ?? ""
  const preferred = [preferredByInterpreter[interpreter], preferredByExtension[extension]]
  return (
    candidates.find((language) => preferred.includes(language.name)) ??
    candidates.find((language) => table.firstExtensions.get(language) === extension) ??
    candidates.find(({ type }) => type === "programming") ??
    candidates[0]
  )
}
