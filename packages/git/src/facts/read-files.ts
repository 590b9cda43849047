import { largestText, describeFile } from "./describe-file.js"
import type { FileFacts, TreeFile } from "./describe-file.js"
import { readBlobs } from "../history/read-blobs.js"
import { readTree } from "../history/read-tree.js"
import type { LanguageDetector } from "../languages/language-detector.js"
import type { Mirror } from "../mirror/mirror.js"

/** Looks into these files and yields what there is to know of each, in their order. */
export async function* readFiles(
  mirror: Mirror,
  files: AsyncIterable<TreeFile> | Iterable<TreeFile>,
  options: { languages: LanguageDetector; signal?: AbortSignal | undefined },
): AsyncGenerator<FileFacts, void, undefined> {
  const asked: TreeFile[] = []
  async function* oids(): AsyncGenerator<string, void, undefined> {
    for await (const file of files) {
      asked.push(file)
      yield file.oid
    }
  }
  for await (const blob of readBlobs(mirror, oids(), { bytes: largestText, signal: options.signal })) {
    yield describeFile(asked.shift()!, blob, options.languages)
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
