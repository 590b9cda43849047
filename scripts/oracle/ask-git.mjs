import { spawnSync } from "node:child_process"

/**
 * A way to ask git about a commit, by the rules that the numbers are defined by.
 *
 * @param {string} path of a repository, bare or not
 * @param {string} commit
 * @returns {(...args: string[]) => string}
 */
export function gitOf(path, commit) {
  const folder = ask(path, ["rev-parse", "--absolute-git-dir"]).trim()
  return (...args) => ask(folder, [...rules(commit), `--git-dir=${folder}`, ...args])
}

/**
 * What plain git says, by other commands than those that Assay uses, read by the few lines below and nothing of ours.
 *
 * @param {string} path of a repository, bare or not
 * @param {string} commit
 */
export function askGit(path, commit) {
  const git = gitOf(path, commit)
  const count = (/** @type {string[]} */ ...args) => Number(git("rev-list", "--count", ...args, commit))

  const commitsBy = new Map()
  for (const line of lines(git("shortlog", "-sne", "--no-merges", commit))) {
    const [, times, email] = /^\s*(\d+)\t.*<([^<>]*)>$/.exec(line) ?? []
    add(commitsBy, email, Number(times))
  }

  const additionsBy = new Map([...commitsBy.keys()].map((email) => [email, 0]))
  const deletionsBy = new Map(additionsBy)
  let author = ""
  for (const line of lines(git("log", "--no-merges", "-M50%", "--numstat", "--format=author %aE", commit))) {
    const fields = line.split("\t")
    if (fields.length < 3) {
      if (line.startsWith("author ")) author = line.slice("author ".length)
    } else if (fields[0] !== "-") {
      add(additionsBy, author, Number(fields[0]))
      add(deletionsBy, author, Number(fields[1]))
    }
  }

  // Regular files only: no links, no submodules.
  const regular = new Set()
  for (const entry of git("ls-tree", "-r", "-z", commit).split("\0").slice(0, -1)) {
    const [meta = "", name] = entry.split("\t", 2)
    if (meta.startsWith("100")) regular.add(entry.slice(meta.length + 1) || name)
  }
  const emptyTree = git("hash-object", "-t", "tree", "/dev/null").trim()
  const linesOf = new Map()
  for (const entry of git("diff", "--numstat", "-z", emptyTree, commit).split("\0").slice(0, -1)) {
    const [added = "", , ...name] = entry.split("\t")
    if (regular.has(name.join("\t"))) linesOf.set(name.join("\t"), added === "-" ? undefined : Number(added))
  }
  for (const name of regular) if (!linesOf.has(name)) linesOf.set(name, 0)

  return {
    commits: count(),
    merges: count("--merges"),
    contributors: commitsBy.size,
    additions: sum(additionsBy),
    deletions: sum(deletionsBy),
    files: regular.size,
    lines: sum(linesOf),
    ...{ commitsBy, additionsBy, deletionsBy, linesOf },
  }
}

/**
 * The rules that the numbers are defined by; see docs/concepts/metrics.md.
 *
 * @param {string} commit
 */
function rules(commit) {
  const settings = ["core.bare=true", "diff.algorithm=myers", "diff.renameLimit=1000", "core.bigFileThreshold=32m"]
  const mailmap = ["mailmap.file=", `mailmap.blob=${commit}:.mailmap`]
  return [...settings, ...mailmap, "core.attributesFile=/dev/null"].flatMap((setting) => ["-c", setting])
}

/**
 * @param {string} folder
 * @param {string[]} args
 */
function ask(folder, args) {
  const { status, stdout, stderr } = spawnSync("git", args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 31 - 1,
    env: {
      PATH: process.env.PATH,
      LC_ALL: "C.UTF-8",
      TZ: "UTC",
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_NO_REPLACE_OBJECTS: "1",
    },
  })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

/** @param {string} text */
const lines = (text) => text.split("\n").filter((line) => line !== "")

/** @param {Map<string, number | undefined>} map */
const sum = (map) => [...map.values()].reduce((/** @type {number} */ total, value) => total + (value ?? 0), 0)

/**
 * @param {Map<string, number>} map
 * @param {string | undefined} email
 * @param {number} value
 */
function add(map, email, value) {
  const key = (email ?? "").toLowerCase()
  map.set(key, (map.get(key) ?? 0) + value)
}
