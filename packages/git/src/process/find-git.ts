import { accessSync, constants, statSync } from "node:fs"
import { delimiter, isAbsolute, join } from "node:path"
import { GitError } from "../errors.js"

/**
 * Returns the absolute path of a program, found as a shell finds it. Only absolute folders of PATH are looked at:
 * with a relative one, whoever can write to the working folder could bring a git of his own.
 */
export function findProgram(name: string, path = process.env["PATH"] ?? ""): string | undefined {
  const names = process.platform === "win32" ? [`${name}.exe`, `${name}.cmd`] : [name]
  for (const folder of path.split(delimiter)) {
    if (!isAbsolute(folder)) continue
    for (const candidate of names) {
      const file = join(folder, candidate)
      try {
        accessSync(file, constants.X_OK)
        if (statSync(file).isFile()) return file
      } catch {
        continue
      }
    }
  }
  return undefined
}

export function findGit(): string {
  const file = findProgram("git")
  if (file !== undefined) return file
  throw new GitError("GIT_MISSING", "There is no git on this machine.", {
    hint: "Install git 2.39.5 or newer and make sure that its folder is in PATH.",
  })
}
