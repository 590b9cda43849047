import { attributesGlob } from "./attributes-glob.js"

/** What a repository's `.gitattributes` say of a file to linguist. What is not said stays `undefined`. */
export interface LinguistAttributes {
  readonly vendored?: boolean
  readonly generated?: boolean
  readonly documentation?: boolean
  readonly detectable?: boolean
  /** As it is written there: a name or an alias. */
  readonly language?: string
}

/** Says what applies to a path. */
export type AttributesOf = (path: string) => LinguistAttributes

interface Rule {
  /** With a slash at its end, or empty. */
  readonly folder: string
  /** For a path from that folder on. */
  readonly applies: (path: string) => boolean
  readonly attributes: Record<string, boolean | string | undefined>
}

/** More rules than this are nobody's work; each is tried for each file. */
const mostRules = 2_000
const longestLine = 2_048

/**
 * Reads `.gitattributes` as data: git itself is kept from them, because they can change what a diff is. `files` maps the path
 * of each such file to its content. Of several rules that apply, the last one of the deepest folder counts.
 */
export function parseGitattributes(files: ReadonlyMap<string, string>): AttributesOf {
  const rules: Rule[] = []
  const byDepth = [...files].sort(([one], [other]) => one.split("/").length - other.split("/").length)
  for (const [path, content] of byDepth) {
    const folder = path.slice(0, path.lastIndexOf("/") + 1)
    for (const line of content.split(/\r?\n/)) {
      const rule = line.length <= longestLine && rules.length < mostRules ? parseRule(line, folder) : undefined
      if (rule) rules.push(rule)
    }
  }
  if (rules.length === 0) return () => nothing
  return (path) => {
    const found: Rule["attributes"] = {}
    for (const { folder, applies, attributes } of rules)
      if (path.startsWith(folder) && applies(path.slice(folder.length))) Object.assign(found, attributes)
    return found as LinguistAttributes
  }
}

const nothing: LinguistAttributes = Object.freeze({})

/** Those lines of a `.gitattributes` that can say something to linguist. Most are about the ends of lines and merging. */
export function linguistLines(content: string): string {
  return content
    .split(/\r?\n/)
    .filter((line) => line.includes("linguist-"))
    .join("\n")
}

function parseRule(line: string, folder: string): Rule | undefined {
  const text = line.trim()
  if (text === "" || text.startsWith("#") || text.startsWith("[attr]")) return undefined
  const [, quoted, plain, rest = ""] = /^(?:"((?:[^"\\]|\\.)*)"|(\S+))\s*(.*)$/.exec(text) ?? []
  const glob = quoted === undefined ? plain : quoted.replace(/\\(["\\])/g, "$1")
  const attributes: Rule["attributes"] = {}
  for (const word of rest.split(/\s+/)) {
    const [, sign, name, value] =
      /^([-!]?)linguist-(vendored|generated|documentation|detectable|language)(?:=(.*))?$/.exec(word) ?? []
    if (name === undefined) continue
    if (sign === "!") attributes[name] = undefined
    else if (name === "language") attributes[name] = value
    else attributes[name] = sign !== "-" && value !== "false"
  }
  if (glob === undefined || glob.endsWith("/") || Object.keys(attributes).length === 0) return undefined
  return { folder, applies: attributesGlob(glob), attributes }
}
