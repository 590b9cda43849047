import { existsSync, readFileSync, statSync } from "node:fs"
import { join, resolve } from "node:path"

/**
 * Why the checkout in `folder` cannot stand for a repository to try things on, as the rest of a sentence that begins with
 * "This folder"; `undefined` when it can.
 */
export function whyUnfit(folder: string): string | undefined {
  const entry = join(folder, ".git")
  if (!existsSync(entry)) return "is not a Git checkout"
  const owner = process.getuid?.()
  // Git itself refuses these: whoever owns a repository decides what commands it runs.
  if (owner !== undefined && [folder, entry].some((path) => statSync(path).uid !== owner)) {
    return "belongs to another user of this machine"
  }
  const common = commonFolder(entry)
  if (common === undefined) return "is not a Git checkout"
  if (existsSync(join(common, "shallow"))) return "is a shallow clone, which holds only the end of the history"
  return undefined
}

/** Where refs and objects are: a linked worktree's `.git` is a file that leads there. */
function commonFolder(entry: string): string | undefined {
  if (statSync(entry).isDirectory()) return entry
  const gitFolder = /^gitdir: (.+)$/m.exec(readFileSync(entry, "utf8"))?.[1]
  if (gitFolder === undefined) return undefined
  const linked = resolve(entry, "..", gitFolder)
  if (!existsSync(linked)) return undefined
  const commonFile = join(linked, "commondir")
  return existsSync(commonFile) ? resolve(linked, readFileSync(commonFile, "utf8").trim()) : linked
}
