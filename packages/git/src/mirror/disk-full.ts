import { statfs } from "node:fs/promises"
import { GitError } from "../errors.js"
import type { GitErrorCode } from "../errors.js"

/** What to do about a disk without space. */
export const diskFullHint = "Free some space where the mirrors are kept, or move them."

/** Says `DISK_FULL` for what the file system says in its own words, however deep it is wrapped; other errors stay. */
export async function sayDiskFull<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (GitError.isInstance(error) || !isDiskFull(error)) throw error
    throw new GitError("DISK_FULL", "The disk is full.", { cause: error, hint: diskFullHint })
  }
}

/** Less than what git writes in one go when it brings refs up to date. */
const nothing = 256 * 1024

/**
 * Says `DISK_FULL` for a failure of git on a disk that has no space left: where it cannot write a ref it does not say why.
 * To be asked before anything is cleared away.
 */
export async function explainFailure(folder: string, error: unknown): Promise<unknown> {
  if (!GitError.isInstance(error) || !unexplained.has(error.code)) return error
  const space = await statfs(folder).catch(() => undefined)
  if (!space || space.bavail * space.bsize > nothing) return error
  return new GitError("DISK_FULL", "The disk is full.", { cause: error, hint: diskFullHint })
}

const unexplained: ReadonlySet<GitErrorCode> = new Set(["GIT_FAILED", "GIT_NETWORK", "MIRROR_DAMAGED"])

function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as NodeJS.ErrnoException
  return code === "ENOSPC" || code === "EDQUOT" || isDiskFull(error.cause)
}
