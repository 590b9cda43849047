import type { Blob } from "../history/read-blobs.js"
import type { LanguageDetector } from "../languages/language-detector.js"
import type { AttributesOf } from "../languages/gitattributes.js"
import { exclusionOf } from "./file-category.js"
import type { Exclusion } from "./file-category.js"
import { measureText } from "./measure-text.js"
import type { TextMeasures } from "./measure-text.js"

/** A regular file of a tree. */
export interface TreeFile {
  path: string
  oid: string
  executable: boolean
}

export interface FileFacts extends TreeFile {
  bytes: number
  /** `undefined` for binary files. */
  text: TextMeasures | undefined
  /** A pointer to a file that Git LFS keeps elsewhere. */
  lfs: boolean
  excluded: Exclusion | undefined
  /** `undefined` when unknown, or binary. */
  language: string | undefined
  /** Whether it counts towards the languages of the repository. */
  detectable: boolean
}

/** `core.bigFileThreshold` of our git: larger files are binary to it, whatever is in them. */
export const largestText = 32 * 1024 ** 2
const bytesLookedAt = 8_000

/** What there is to know of a file. `blob.content` must hold all of it, up to `largestText` bytes. */
export function describeFile(
  file: TreeFile,
  blob: Blob,
  { languages, attributesOf }: { languages: LanguageDetector; attributesOf?: AttributesOf | undefined },
): FileFacts {
  const { content, size } = blob
  const binary = isBinary(blob)
  const lfs = isLfsPointer(content, size)
  const attributes = attributesOf?.(file.path) ?? {}
  const excluded = exclusionOf(file.path, content, attributes)
  const language =
    binary || lfs
      ? undefined
      : attributes.language === undefined
        ? languages.detect(file.path, content)
        : languages.find(attributes.language)
  return {
    ...file,
    bytes: size,
    text: binary ? undefined : measureText(content),
    lfs,
    excluded,
    language: language?.name,
    detectable:
      language !== undefined &&
      !excluded &&
      (attributes.detectable ?? (language.type === "programming" || language.type === "markup")),
  }
}

/** As git decides it. */
function isBinary({ content, size }: Pick<Blob, "content" | "size">): boolean {
  return size > largestText || content.subarray(0, bytesLookedAt).includes(0)
}

/** As `git diff --numstat` against nothing says it; 0 for what is binary. */
export function countTextLines(blob: Pick<Blob, "content" | "size">): number {
  return isBinary(blob) ? 0 : measureText(blob.content).lines
}

const lfsBeginning = Buffer.from("version https://git-lfs.github.com/spec/v1")
const largestLfsPointer = 1_024

function isLfsPointer(content: Buffer, size: number): boolean {
  return size < largestLfsPointer && content.subarray(0, lfsBeginning.length).equals(lfsBeginning)
}
