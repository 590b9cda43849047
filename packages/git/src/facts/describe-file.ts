import type { Blob } from "../history/read-blobs.js"
import type { LanguageDetector } from "../languages/language-detector.js"
import { categoryOf } from "./file-category.js"
import type { FileCategory } from "./file-category.js"

/** A regular file of a tree. */
export interface TreeFile {
  path: string
  oid: string
  executable: boolean
}

export interface FileFacts extends TreeFile, FileCategory {
  bytes: number
  /** As `git diff --numstat` against the empty tree says it: a last line without a newline counts. `null` for binary files. */
  lines: number | null
  /** `undefined` when unknown, or binary. */
  language: string | undefined
  /** Whether it counts towards the languages of the repository. */
  detectable: boolean
}

/** `core.bigFileThreshold` of our git: larger files are binary to it, whatever is in them. */
export const largestText = 32 * 1024 ** 2
const bytesLookedAt = 8_000

/** What there is to know of a file. `blob.content` must hold all of it, up to `largestText` bytes. */
export function describeFile(file: TreeFile, blob: Blob, languages: LanguageDetector): FileFacts {
  const { content, size } = blob
  const binary = size > largestText || content.subarray(0, bytesLookedAt).includes(0)
  const category = categoryOf(file.path, content)
  const language = binary ? undefined : languages.detect(file.path, content.subarray(0, 1_024))
  const own = !category.vendored && !category.generated && !category.documentation
  return {
    ...file,
    ...category,
    bytes: size,
    lines: binary ? null : countLines(content),
    language: language?.name,
    detectable: own && (language?.type === "programming" || language?.type === "markup"),
  }
}

function countLines(content: Buffer): number {
  let lines = 0
  for (let at = content.indexOf(10); at !== -1; at = content.indexOf(10, at + 1)) lines++
  return content.length > 0 && content.at(-1) !== 10 ? lines + 1 : lines
}
