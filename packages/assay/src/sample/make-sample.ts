import { randomBytes } from "node:crypto"
import { existsSync } from "node:fs"
import { rename, rm } from "node:fs/promises"
import { join, resolve } from "node:path"
import { makeFolder } from "@assay/core"
import type { Git } from "@assay/git"
import { people, sampleHistory } from "./sample-history.js"
import type { SampleCommit } from "./sample-history.js"

/**
 * Makes the sample repository in the data folder, unless it is there, and returns its path. Dates and people are fixed, so every
 * machine gets the same commits. It appears complete or not at all.
 */
export async function makeSample(git: Git, dataFolder: string): Promise<string> {
  // Git runs in a folder of its own, where a relative path would mean another place.
  const folder = resolve(dataFolder)
  const path = join(folder, "sample.git")
  if (existsSync(path)) return path
  makeFolder(folder)
  const unfinished = join(folder, `sample.git.${process.pid}-${randomBytes(4).toString("hex")}`)
  try {
    await git.run(["init", "--bare", "--quiet", "--object-format=sha1", "--initial-branch=main", unfinished])
    const repository = { path: unfinished, objectFormat: "sha1" } as const
    await git.run(["fast-import", "--quiet", "--date-format=raw"], { repository, input: fastImport(sampleHistory) })
    await rename(unfinished, path)
  } catch (error) {
    // Another process may have been quicker, with the same commits.
    if (!existsSync(path)) throw error
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
  return path
}

/** What `git fast-import` reads. */
function fastImport(commits: readonly SampleCommit[]): string {
  const known = new Set<string>()
  return commits.map((commit) => importCommit(commit, known)).join("")
}

function importCommit(commit: SampleCommit, known: Set<string>): string {
  const { branch = "main", files = {}, rename: renamed, merge } = commit
  const identity = `${people[commit.by]} ${Date.parse(commit.at) / 1000} +0000`
  const isNewBranch = !known.has(branch) && known.size > 0
  known.add(branch)
  return [
    `commit refs/heads/${branch}`,
    `author ${identity}`,
    `committer ${identity}`,
    data(commit.message),
    ...(isNewBranch ? ["from refs/heads/main"] : []),
    ...(merge === undefined ? [] : [`merge refs/heads/${merge}`]),
    // Unlike a checkout, fast-import does not merge files: a merge says what they are.
    ...(merge === undefined ? [] : mergedFiles(merge)),
    ...(renamed ? [`R ${renamed.from} ${renamed.to}`] : []),
    ...Object.entries(files).flatMap(([path, content]) =>
      content === undefined ? [`D ${path}`] : [`M 100644 inline ${path}`, data(content)],
    ),
    "",
  ].join("\n")
}

/** What the commits of a branch did to files, said again. */
function mergedFiles(branch: string): string[] {
  return sampleHistory
    .filter((commit) => commit.branch === branch)
    .flatMap(({ files = {} }) => Object.entries(files))
    .flatMap(([path, content]) => (content === undefined ? [`D ${path}`] : [`M 100644 inline ${path}`, data(content)]))
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}`
}
