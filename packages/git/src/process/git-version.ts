import { GitError } from "../errors.js"

export interface GitVersion {
  /** As git says it: `2.39.5`. */
  text: string
  major: number
  minor: number
  patch: number
}

/** Reads the answer of `git --version`, vendor additions included (`git version 2.39.5 (Apple Git-154)`). */
export function parseGitVersion(answer: string): GitVersion | undefined {
  const match = /^git version (\d+)\.(\d+)(?:\.(\d+))?/.exec(answer)
  if (!match) return undefined
  const [, major = "0", minor = "0", patch = "0"] = match
  return { text: `${major}.${minor}.${patch}`, major: Number(major), minor: Number(minor), patch: Number(patch) }
}

export function isAtLeast(version: GitVersion, [major, minor, patch]: readonly [number, number, number]): boolean {
  if (version.major !== major) return version.major > major
  if (version.minor !== minor) return version.minor > minor
  return version.patch >= patch
}

/**
 * Refuses a git that cannot pin addresses (`http.curloptResolve` came with 2.37), because without the pin a host
 * name may point somewhere else by the time git asks. Returns a sentence if the version is known to be unsafe.
 */
export function checkGitVersion(version: GitVersion | undefined): string | undefined {
  if (!version) {
    throw new GitError("GIT_MISSING", "The program called git does not answer like git.", {
      hint: "Install git 2.39.5 or newer and make sure that it is the first one in PATH.",
    })
  }
  if (!isAtLeast(version, [2, 37, 0])) {
    throw new GitError("GIT_MISSING", `Git ${version.text} is too old; 2.37 is the least that works.`, {
      hint: "Install git 2.39.5 or newer.",
    })
  }
  if (isAtLeast(version, [2, 39, 4])) return undefined
  return `Git ${version.text} has known security holes that hostile repositories can use; install 2.39.5 or newer.`
}
