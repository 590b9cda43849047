import { interpreterOf } from "./interpreter.js"
import { modelineOf } from "./modeline.js"
import { preferredByExtension, preferredByInterpreter } from "./preferred-languages.js"

/** A language, or a format, as GitHub's linguist names it. */
export interface Language {
  name: string
  type: "programming" | "markup" | "data" | "prose"
  /** `#rrggbb`, if it has one. */
  color: string | undefined
}

/** Says which language files are in. Pure once it is made. */
export interface LanguageDetector {
  /**
   * The language of a file by what its modeline says, its name, its first line and its extension, in this order. `content` is
   * the beginning of the file (a KiB is enough), `ending` its end, where the caller has them. `undefined` if nothing tells.
   */
  detect(path: string, content?: Buffer, ending?: Buffer): Language | undefined
  /** The language of a name or an alias, whatever the case. */
  find(name: string): Language | undefined
  /** Whether `content` could change, or make, the answer for this path. */
  needsContent(path: string): boolean
}

/** What the data says of one language. */
interface LanguageData {
  name: string
  type: Language["type"]
  color?: string
  aliases?: readonly string[]
  extensions?: readonly string[]
  filenames?: readonly string[]
  interpreters?: readonly string[]
}

/**
 * Makes a detector. The data of more than 800 languages is loaded here and not before, because it takes longer to load
 * than the rest of the package.
 */
export async function createLanguageDetector(): Promise<LanguageDetector> {
  const data: Readonly<Record<string, unknown>> = await import("linguist-languages")
  const byName = new Map<string, Language>()
  const byAlias = new Map<string, Language>()
  const byFilename = new Map<string, Language>()
  const byExtension = new Map<string, Language>()
  const byInterpreter = new Map<string, Language>()
  /** How early a language names an extension, to settle who gets it. */
  const ranks = new Map<string, number>()

  for (const entry of Object.values(data)) {
    if (typeof entry !== "object" || entry === null || !("name" in entry) || !("type" in entry)) continue
    const {
      name,
      type,
      color,
      aliases = [],
      extensions = [],
      filenames = [],
      interpreters = [],
    } = entry as LanguageData
    const language: Language = Object.freeze({ name, type, color })
    byName.set(name, language)
    byAlias.set(name.toLowerCase(), language)
    for (const alias of aliases) if (!byAlias.has(alias.toLowerCase())) byAlias.set(alias.toLowerCase(), language)
    for (const filename of filenames) if (!byFilename.has(filename)) byFilename.set(filename, language)
    for (const interpreter of interpreters)
      if (!byInterpreter.has(interpreter)) byInterpreter.set(interpreter, language)
    for (const [place, written] of extensions.entries()) {
      const extension = written.toLowerCase()
      const rank = (place === 0 ? 0 : 2) + (type === "programming" ? 0 : 1)
      if (rank >= (ranks.get(extension) ?? Infinity)) continue
      ranks.set(extension, rank)
      byExtension.set(extension, language)
    }
  }
  prefer(byExtension, preferredByExtension)
  prefer(byInterpreter, preferredByInterpreter)

  function prefer(table: Map<string, Language>, choices: Readonly<Record<string, string>>): void {
    for (const [key, name] of Object.entries(choices)) {
      const language = byName.get(name)
      if (language) table.set(key, language)
    }
  }

  /** The longest known extension: `.d.ts` before `.ts`. A name that begins with a dot has none there. */
  function extensionOf(name: string): string | undefined {
    const lower = name.toLowerCase()
    for (let dot = lower.indexOf(".", 1); dot !== -1; dot = lower.indexOf(".", dot + 1)) {
      const extension = lower.slice(dot)
      if (byExtension.has(extension)) return extension
    }
    return undefined
  }

  return {
    find: (name) => byAlias.get(name.toLowerCase()),
    detect(path, content, ending) {
      const name = path.slice(path.lastIndexOf("/") + 1)
      const modeline = content && modelineOf(content, ending ?? nothing)
      const byItsModeline = modeline === undefined ? undefined : byAlias.get(modeline.toLowerCase())
      if (byItsModeline) return byItsModeline
      const byItsName = byFilename.get(name)
      if (byItsName) return byItsName
      const interpreter = content && interpreterOf(content)
      const byItsFirstLine = interpreter === undefined ? undefined : byInterpreter.get(interpreter)
      if (byItsFirstLine) return byItsFirstLine
      const extension = extensionOf(name)
      if (extension === ".h" && content) return byName.get(headerLanguage(content))
      return extension === undefined ? undefined : byExtension.get(extension)
    },
    needsContent(path) {
      const name = path.slice(path.lastIndexOf("/") + 1)
      if (byFilename.has(name)) return false
      const extension = extensionOf(name)
      return extension === undefined || extension === ".h"
    },
  }
}

const nothing = Buffer.alloc(0)

const objectiveC = /^\s*(?:@(?:interface|class|protocol|property|end|implementation)\b|#import\s+.+\.h[">])/m
const cPlusPlus =
  /^\s*#\s*include\s+<(?:cstdint|string|vector|map|memory|list|array|bitset|queue|stack|unordered_(?:map|set)|[io]*stream)>|^\s*template\s*<|^[ \t]*(?:constexpr\b|(?:using[ \t]+)?namespace\s+\w+|class\s+\w+|(?:private|public|protected):)|\bstd::\w+/m

/** Headers are the one case in which an extension is shared by languages that are all common. */
function headerLanguage(content: Buffer): string {
  const text = content.toString("latin1")
  if (objectiveC.test(text)) return "Objective-C"
  return cPlusPlus.test(text) ? "C++" : "C"
}
