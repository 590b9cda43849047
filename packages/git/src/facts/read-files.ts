import { largestText, describeFile } from "./describe-file.js"
import type { FileFacts, TreeFile } from "./describe-file.js"
import { readBlobs } from "../history/read-blobs.js"
import { readTree } from "../history/read-tree.js"
import type { AttributesOf } from "../languages/gitattributes.js"
import { parseGitattributes } from "../languages/gitattributes.js"
import type { LanguageDetector } from "../languages/language-detector.js"
import type { Mirror } from "../mirror/mirror.js"

/** Looks into these files and yields what there is to know of each, in their order. */
export async function* readFiles(
  mirror: Mirror,
  files: AsyncIterable<TreeFile> | Iterable<TreeFile>,
  options: { languages: LanguageDetector; attributesOf: AttributesOf; signal?: AbortSignal | undefined },
): AsyncGenerator<FileFacts, void, undefined> {
  const asked: TreeFile[] = []
  async function* oids(): AsyncGenerator<string, void, undefined> {
    for await (const file of files) {
      asked.push(file)
      yield file.oid
    }
  }
  for await (const blob of readBlobs(mirror, oids(), { bytes: largestText, signal: options.signal })) {
    yield describeFile(asked.shift()!, blob, options)
  }
}

/** All regular files of a commit. */
export async function* readTreeFiles(
  mirror: Mirror,
  tip: string,
  signal?: AbortSignal,
): AsyncGenerator<TreeFile, void, undefined> {
  for await (const entries of readTree(mirror, tip, { signal })) {
    for (const { path, oid, kind } of entries) {
      if (kind === "file" || kind === "executable") yield { path, oid, executable: kind === "executable" }
    }
  }
}

/** The name of the files by which a repository says what it wants to be taken for. */
export const attributesFile = /(?:^|\/)\.gitattributes$/
const longestAttributes = 256 * 1024

/** What the `.gitattributes` of a commit say to linguist, and how many regular files it has. */
export async function readAttributes(
  mirror: Mirror,
  tip: string,
  signal?: AbortSignal,
): Promise<{ attributesOf: AttributesOf; count: number }> {
  const files: TreeFile[] = []
  let count = 0
  for await (const file of readTreeFiles(mirror, tip, signal)) {
    count++
    if (attributesFile.test(file.path)) files.push(file)
  }
  const contents = new Map<string, string>()
  const oids = files.map(({ oid }) => oid)
  if (oids.length === 0) return { attributesOf: parseGitattributes(contents), count }
  let at = 0
  for await (const { content } of readBlobs(mirror, oids, { bytes: longestAttributes, signal })) {
    contents.set(files[at++]!.path, content.toString("utf8"))
  }
  return { attributesOf: parseGitattributes(contents), count }
}
