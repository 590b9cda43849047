/** A language, or a format, as GitHub's linguist names it. */
export interface Language {
  name: string
  type: "programming" | "markup" | "data" | "prose"
  /** `#rrggbb`, if it has one. */
  color: string | undefined
  /** The name of the language that its bytes are counted for: its own, or that of the one it is a part of. */
  group: string
}

/** The languages by what they can be known by. Lists are in the order of the names. */
export interface LanguageTable {
  byName: ReadonlyMap<string, Language>
  /** In lower case, names with their white space as dashes among them. */
  byAlias: ReadonlyMap<string, Language>
  byFilename: ReadonlyMap<string, readonly Language[]>
  /** In lower case, with the dot. */
  byExtension: ReadonlyMap<string, readonly Language[]>
  byInterpreter: ReadonlyMap<string, readonly Language[]>
  /** The extension that a language names first is its own, though others may have it, too. */
  firstExtensions: ReadonlyMap<Language, string>
}

/** What the data says of one language. */
interface LanguageData {
  name: string
  type: Language["type"]
  color?: string
  group?: string
  aliases?: readonly string[]
  extensions?: readonly string[]
  filenames?: readonly string[]
  interpreters?: readonly string[]
}

let table: Promise<LanguageTable> | undefined

/**
 * Loads the data of more than 800 languages, once, and not before it is asked for: it takes longer to load than the rest of the
 * package.
 */
export function loadLanguageTable(): Promise<LanguageTable> {
  return (table ??= readTable())
}

/** The language that the bytes of another, by its name, are counted for. A name that is not known is its own. */
export function languageGroup(name: string, { byName }: Pick<LanguageTable, "byName">): string {
  return byName.get(name)?.group ?? name
}

async function readTable(): Promise<LanguageTable> {
  const data: Readonly<Record<string, unknown>> = await import("linguist-languages")
  const byName = new Map<string, Language>()
  const byAlias = new Map<string, Language>()
  const byFilename = new Map<string, Language[]>()
  const byExtension = new Map<string, Language[]>()
  const byInterpreter = new Map<string, Language[]>()
  const firstExtensions = new Map<Language, string>()
  for (const entry of Object.values(data).filter(isLanguage).sort(byTheirNames)) {
    const { name, type, color, group = name, aliases = [] } = entry
    const language: Language = Object.freeze({ name, type, color, group })
    byName.set(name, language)
    for (const alias of [name.replace(/\s/g, "-"), ...aliases]) byAlias.set(alias.toLowerCase(), language)
    for (const filename of entry.filenames ?? []) add(byFilename, filename, language)
    for (const interpreter of entry.interpreters ?? []) add(byInterpreter, interpreter, language)
    const extensions = (entry.extensions ?? []).map((extension) => extension.toLowerCase())
    for (const extension of new Set(extensions)) add(byExtension, extension, language)
    if (extensions[0] !== undefined) firstExtensions.set(language, extensions[0])
  }
  return { byName, byAlias, byFilename, byExtension, byInterpreter, firstExtensions }
}

function isLanguage(entry: unknown): entry is LanguageData {
  return typeof entry === "object" && entry !== null && "name" in entry && "type" in entry
}

function byTheirNames({ name: one }: LanguageData, { name: other }: LanguageData): number {
  return one < other ? -1 : 1
}

function add(lists: Map<string, Language[]>, key: string, language: Language): void {
  const list = lists.get(key)
  if (list) list.push(language)
  else lists.set(key, [language])
}
