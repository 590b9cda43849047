import type { Snippet, SnippetVerification } from "@assay/core"
import type { AnsweredSnippet } from "../answer/answer-schema.js"
import { toRepositoryPath } from "./repository-path.js"
import { verifySnippet } from "./verify-snippet.js"
import type { FileContent, Verdict } from "./verify-snippet.js"

/** The files at these paths; `undefined` for one that is not there. */
export type ReadFiles = (paths: readonly string[]) => Promise<ReadonlyMap<string, FileContent | undefined>>

/** Few enough for their contents to fit into memory. */
const filesAtOnce = 8

/** Looks up each snippet in the files that it names. */
export async function verifySnippets(snippets: readonly AnsweredSnippet[], readFiles: ReadFiles): Promise<Snippet[]> {
  const byPath = new Map<string, AnsweredSnippet[]>()
  const verdicts = new Map<AnsweredSnippet, Verdict>()
  for (const snippet of snippets) {
    const path = snippet.filePath === undefined ? undefined : toRepositoryPath(snippet.filePath)
    // Without code or lines there is nothing to look up.
    if (path === undefined || snippet.code === undefined || snippet.lineStart === undefined) {
      verdicts.set(snippet, withoutFile(snippet))
    } else byPath.set(path, [...(byPath.get(path) ?? []), snippet])
  }
  const paths = [...byPath.keys()]
  for (let start = 0; start < paths.length; start += filesAtOnce) {
    const files = await readFiles(paths.slice(start, start + filesAtOnce))
    for (const path of paths.slice(start, start + filesAtOnce)) {
      for (const snippet of byPath.get(path) ?? []) verdicts.set(snippet, verifySnippet(snippet, files.get(path)))
    }
  }
  return snippets.map((snippet) => ({ ...snippet, ...verdicts.get(snippet)! }))
}

/** All of them as they are, because there is nothing to look them up in. */
export function leaveUnchecked(snippets: readonly AnsweredSnippet[], remark: string): Snippet[] {
  return snippets.map((snippet) => ({ ...snippet, verification: "unchecked", remark }))
}

function withoutFile(snippet: AnsweredSnippet): Verdict {
  if (snippet.filePath === undefined) return { verification: "unchecked", remark: "The answer names no file." }
  if (snippet.code === undefined || snippet.lineStart === undefined) return verifySnippet(snippet, undefined)
  return { verification: "missing", remark: "That path leads out of the repository." }
}

export function countVerdicts(snippets: readonly Pick<Snippet, "verification">[]): Record<SnippetVerification, number> {
  const counts = { verbatim: 0, differs: 0, missing: 0, unchecked: 0 }
  for (const { verification } of snippets) counts[verification]++
  return counts
}
