import { documentationPaths } from "../languages/documentation-paths.js"
import { generatedContents } from "../languages/generated-contents.js"
import type { GeneratedContent } from "../languages/generated-contents.js"
import { generatedPaths } from "../languages/generated-paths.js"
import type { LinguistAttributes } from "../languages/gitattributes.js"
import { lockFiles } from "../languages/lock-files.js"
import { pathList } from "../languages/path-list.js"
import { textLines } from "../languages/text-lines.js"
import { vendoredPaths } from "../languages/vendored-paths.js"

/** Why a file is none of the authors' own work, after linguist's rules. */
export interface Exclusion {
  readonly what:
    /** Copied from elsewhere. */
    | "vendored"
    /** Written by a program. */
    | "generated"
    | "documentation"
  /** Which rule says so, for people: the part of the path that matched, what was seen in the text, or an attribute. */
  readonly reason: string
}

/**
 * `content` is the file, or its first 128 KiB. What the repository's `.gitattributes` say goes before all rules, in either
 * direction.
 */
export function exclusionOf(path: string, content: Buffer, attributes: LinguistAttributes = {}): Exclusion | undefined {
  for (const what of ["vendored", "generated", "documentation"] as const) {
    const said = attributes[what]
    if (said === true) return { what, reason: `.gitattributes: linguist-${what}` }
    const reason = said === false ? undefined : reasons[what](path, content)
    if (reason !== undefined) return { what, reason }
  }
  return undefined
}

const inVendored = pathList(vendoredPaths)
const inGenerated = pathList([...generatedPaths, ...lockFiles])
const inDocumentation = pathList(documentationPaths)

const reasons: Record<Exclusion["what"], (path: string, content: Buffer) => string | undefined> = {
  vendored: (path) => named("path", inVendored(path)),
  generated: (path, content) => named("path", inGenerated(path)) ?? named("content", signOfGenerator(path, content)),
  documentation: (path) => named("path", inDocumentation(path)),
}

function named(where: "path" | "content", reason: string | undefined): string | undefined {
  return reason === undefined ? undefined : `${where}: ${reason}`
}

const contentsByExtension = new Map<string, GeneratedContent[]>()
for (const content of generatedContents) {
  for (const extension of content.extensions)
    contentsByExtension.set(extension, [...(contentsByExtension.get(extension) ?? []), content])
}

function signOfGenerator(path: string, content: Buffer): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1)
  const dot = name.lastIndexOf(".")
  const signs = dot > 0 ? contentsByExtension.get(name.slice(dot).toLowerCase()) : undefined
  if (!signs || content.length === 0) return undefined
  const lines = textLines(content)
  return signs.find(({ isIn }) => isIn(lines))?.reason
}
