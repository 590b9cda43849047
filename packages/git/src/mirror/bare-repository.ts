import { readFile, readdir, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { GitError } from "../errors.js"
import type { Git, RepositoryFolder } from "../process/git.js"
import { branchPrefix, isRefName } from "./remote-refs.js"

/**
 * The whole configuration of a mirror. `repositoryformatversion` is what makes git believe `bare`; without it git
 * silently ignores the mailmap of a bare repository.
 */
const configs: Readonly<Record<RepositoryFolder["objectFormat"], string>> = {
  sha1: "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n",
  sha256:
    "[core]\n\trepositoryformatversion = 1\n\tfilemode = true\n\tbare = true\n[extensions]\n\tobjectFormat = sha256\n",
}

/** Makes an empty bare repository. */
export async function initRepository(git: Git, repository: RepositoryFolder, signal?: AbortSignal): Promise<void> {
  await git.run(["init", "--bare", "--quiet", `--object-format=${repository.objectFormat}`, repository.path], {
    signal,
  })
  await writeFile(join(repository.path, "config"), configs[repository.objectFormat])
}

/**
 * Looks at a mirror before it is used. Its configuration is put back to ours, whatever happened to it; throws
 * `MIRROR_DAMAGED` if git does not take the folder for a repository or a branch leads nowhere.
 */
export async function openRepository(git: Git, path: string, signal?: AbortSignal): Promise<RepositoryFolder> {
  const file = join(path, "config")
  const present = await readFile(file, "utf8").catch(() => "")
  const objectFormat = /objectformat\s*=\s*sha256/i.test(present) ? "sha256" : "sha1"
  if (present !== configs[objectFormat]) await writeFile(file, configs[objectFormat]).catch(() => {})
  const repository: RepositoryFolder = { path, objectFormat }
  const answer = await git.run(["rev-parse", "--verify", "--quiet", "HEAD^{tree}"], {
    repository,
    signal,
    acceptedExitCodes: [0, 1, 128],
  })
  if (answer.exitCode === 0) return repository
  throw new GitError("MIRROR_DAMAGED", "The local copy of the repository is damaged.", { exitCode: answer.exitCode })
}

/**
 * Removes what a git that was killed leaves in a mirror: lock files, which would stop every later git, and packs that
 * were never finished. Only for the holder of the mirror's lock.
 */
export async function clearLeftovers(path: string): Promise<void> {
  const locks = (await readdir(path, { recursive: true }).catch(() => [])).filter((name) => name.endsWith(".lock"))
  const unfinished = (await readdir(join(path, "objects")).catch(() => []))
    .filter((name) => /^(tmp_|incoming-)/.test(name))
    .map((name) => join("objects", name))
  const packs = (await readdir(join(path, "objects", "pack")).catch(() => []))
    .filter((name) => name.startsWith("tmp_") || name.startsWith(".tmp-"))
    .map((name) => join("objects", "pack", name))
  for (const name of [...locks, ...unfinished, ...packs]) await rm(join(path, name), { recursive: true, force: true })
}

/** Points HEAD to a branch that is there. HEAD decides nothing for us, but a dangling one makes git call the mirror broken. */
export async function setHead(
  git: Git,
  repository: RepositoryFolder,
  options: { branch: string; signal?: AbortSignal | undefined },
): Promise<void> {
  const name = branchPrefix + options.branch
  if (!isRefName(name)) throw new GitError("GIT_FAILED", "The branch has an impossible name.", { retryable: false })
  await git.run(["symbolic-ref", "HEAD", name], { repository, signal: options.signal })
}

const keepPrefix = "refs/assay/keep/"

/**
 * Makes refs for exactly these commits, outside of what a fetch prunes, so that commits which results refer to stay
 * when the remote has rewritten its history. Commits that the mirror does not have are left out.
 */
export async function keepCommits(
  git: Git,
  repository: RepositoryFolder,
  options: { commits: readonly string[]; signal?: AbortSignal | undefined },
): Promise<void> {
  const wanted = new Set(options.commits.filter((oid) => /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(oid)))
  const { output } = await git.run(["for-each-ref", "--format=%(refname)", keepPrefix], {
    repository,
    signal: options.signal,
  })
  const present = new Set(
    output
      .toString("latin1")
      .split("\n")
      .slice(0, -1)
      .map((name) => name.slice(keepPrefix.length)),
  )
  const found = await existing(git, repository, {
    oids: [...wanted].filter((oid) => !present.has(oid)),
    signal: options.signal,
  })
  const commands = [
    ...found.map((oid) => `update ${keepPrefix}${oid} ${oid}\n`),
    ...[...present].filter((oid) => !wanted.has(oid)).map((oid) => `delete ${keepPrefix}${oid}\n`),
  ]
  if (commands.length === 0) return
  await git.run(["update-ref", "--stdin"], { repository, signal: options.signal, input: commands.join("") })
}

async function existing(
  git: Git,
  repository: RepositoryFolder,
  options: { oids: readonly string[]; signal: AbortSignal | undefined },
): Promise<string[]> {
  if (options.oids.length === 0) return []
  const input = options.oids.map((oid) => `${oid}\n`).join("")
  const { output } = await git.run(["cat-file", "--batch-check=%(objecttype) %(objectname)"], {
    repository,
    signal: options.signal,
    input,
  })
  return output
    .toString("latin1")
    .split("\n")
    .filter((line) => line.startsWith("commit "))
    .map((line) => line.slice("commit ".length))
}
