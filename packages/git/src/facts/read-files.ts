import { largestText, describeFile } from "./describe-file.js"
import type { FileFacts, TreeFile } from "./describe-file.js"
import type { FactScope } from "./fact-scope.js"
import { inSnapshot } from "./in-snapshot.js"
import { readBlobs } from "../history/read-blobs.js"
import { readTree } from "../history/read-tree.js"
import { linguistLines, parseGitattributes } from "../languages/gitattributes.js"
import type { LanguageDetector } from "../languages/language-detector.js"
import type { Mirror } from "../mirror/mirror.js"
import type { Change } from "../parse/parse-diff-tree.js"

export interface ReadFilesOptions {
  languages: LanguageDetector
  /** All `.gitattributes` of the commit that the files are of. */
  attributes: readonly TreeFile[]
  signal?: AbortSignal | undefined
}

/** Looks into these files and yields what there is to know of each, in their order. */
export async function* readFiles(
  mirror: Mirror,
  files: AsyncIterable<TreeFile> | Iterable<TreeFile>,
  { languages, attributes, signal }: ReadFilesOptions,
): AsyncGenerator<FileFacts, void, undefined> {
  const asked: TreeFile[] = []
  // One process reads all: the rules come first, and then what they apply to.
  async function* oids(): AsyncGenerator<string, void, undefined> {
    for (const { oid } of attributes) yield oid
    for await (const file of files) {
      asked.push(file)
      yield file.oid
    }
  }
  const rules = new Map<string, string>()
  let attributesOf = attributes.length === 0 ? parseGitattributes(rules) : undefined
  for await (const blob of readBlobs(mirror, oids(), { bytes: largestText, signal })) {
    if (attributesOf) {
      yield describeFile(asked.shift()!, blob, { languages, attributesOf })
      continue
    }
    const text = blob.content.toString("utf8", 0, longestAttributes)
    rules.set(attributes[rules.size]!.path, text)
    if (rules.size === attributes.length) attributesOf = parseGitattributes(rules)
  }
}

/** The regular file that a path was before a change, or is after it, if it was one. */
export function toTreeFile(change: Change, side: "old" | "new"): TreeFile | undefined {
  const [mode, oid] = side === "old" ? [change.oldMode, change.oldOid] : [change.newMode, change.newOid]
  // A regular file has this type, whatever odd permissions an old git has given it.
  return (mode & 0o170000) === 0o100000 ? { path: change.path, oid, executable: mode === 0o100755 } : undefined
}

/** Whether some of these changes are of a `.gitattributes`, and make it say something else to linguist. */
export async function changeRules(mirror: Mirror, changes: readonly Change[], signal?: AbortSignal): Promise<boolean> {
  const changed = changes.filter(({ path }) => attributesFile.test(path))
  const pairs = changed.map((change) => [toTreeFile(change, "old")?.oid, toTreeFile(change, "new")?.oid] as const)
  const oids = new Set(pairs.flat().filter((oid) => oid !== undefined))
  if (oids.size === 0) return false
  const lines = new Map<string | undefined, string>([[undefined, ""]])
  for await (const { oid, content } of readBlobs(mirror, oids, { bytes: longestAttributes, signal })) {
    lines.set(oid, linguistLines(content.toString("utf8")))
  }
  return pairs.some(([before, after]) => lines.get(before) !== lines.get(after))
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

/** The `.gitattributes` of a commit, and how many regular files it has. */
export async function findAttributes(
  mirror: Mirror,
  tip: string,
  signal?: AbortSignal,
): Promise<{ attributes: TreeFile[]; files: number }> {
  const attributes: TreeFile[] = []
  let files = 0
  for await (const file of readTreeFiles(mirror, tip, signal)) {
    files++
    if (attributesFile.test(file.path)) attributes.push(file)
  }
  return { attributes, files }
}

/** The `.gitattributes` among the files that are known to be in a snapshot. */
export async function readKnownAttributes(scope: FactScope, snapshot: number): Promise<TreeFile[]> {
  return scope.transaction((transaction) =>
    transaction.query<TreeFile & Record<string, unknown>>(
      `select paths.path, encode(files.oid, 'hex') as oid, files.executable
      from assay.files join assay.paths on paths.repository_id = files.repository_id and paths.id = files.path_id
      where files.repository_id = $1 and ${inSnapshot("files")}
        and (paths.path = '.gitattributes' or paths.path like '%/.gitattributes')
      order by paths.path`,
      [scope.repositoryId, snapshot],
    ),
  )
}
