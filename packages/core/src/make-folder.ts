import { accessSync, constants, mkdirSync, statSync } from "node:fs"
import { dirname, resolve } from "node:path"
import { AssayError } from "./errors.js"

/**
 * Makes the folder, and those above it that are missing, for its owner alone (mode 0700); one that is there is left as it
 * is. Throws `DATA_FOLDER_UNUSABLE` when it cannot be made or may not be written to.
 *
 * Level by level, because Node's own recursive way never ends where a parent exists and yet nothing can be made in it,
 * as in `/proc`.
 */
export function makeFolder(folder: string): void {
  try {
    makeLevel(resolve(folder))
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw unusableFolder(folder, error)
  }
}

/**
 * What an error of the system says about a folder of ours: `DATA_FOLDER_UNUSABLE` with the reason. Any other error is
 * returned as it is.
 */
export function unusableFolder(folder: string, error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException
  const reason = reasons.get(code ?? "")
  if (reason === undefined) return error
  return new AssayError(
    "DATA_FOLDER_UNUSABLE",
    `The folder ${folder} cannot be used: ${reason}${path === undefined || path === folder ? "" : ` (${path})`}.`,
    { cause: error, hint: "Choose another folder, or let the user that this process runs as write to this one." },
  )
}

const reasons: ReadonlyMap<string, string> = new Map([
  ["EACCES", "it may not be written to"],
  ["EPERM", "it may not be written to"],
  ["EROFS", "it is on a file system that is read only"],
  ["ENOENT", "nothing can be made there"],
  ["ENOTDIR", "a part of its path is a file"],
  ["EEXIST", "there is a file of that name"],
  ["ENOSPC", "the disk is full"],
])

function makeLevel(folder: string): void {
  if (isFolder(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) makeLevel(parent)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isFolder(folder)) throw error
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    // A file above it is found, and named, one level up.
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return false
    throw error
  }
}
