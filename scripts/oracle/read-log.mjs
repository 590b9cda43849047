/**
 * @typedef {object} LoggedChange
 * @property {string} status
 * @property {string} path
 * @property {string | undefined} oldPath
 * @property {boolean} regular
 * @property {number} added
 * @property {number} deleted
 *
 * @typedef {object} LoggedCommit
 * @property {string} oid
 * @property {string} email
 * @property {number} authoredAt
 * @property {number} committedAt
 * @property {number} rank
 * @property {string} localHour weekday and hour on the author's own clock: `3 17`
 * @property {string[]} coauthors
 * @property {LoggedChange[]} changes
 */

/**
 * The non-merge commits that a commit reaches, newest first by corrected commit date and object id, with what they did to paths.
 *
 * @param {(...args: string[]) => string} git
 * @param {string} commit
 * @returns {LoggedCommit[]}
 */
export function readLog(git, commit) {
  const ranks = new Map()
  for (const line of git("log", "--topo-order", "--reverse", "--format=%H %ct %P", commit)
    .split("\n")
    .filter(Boolean)) {
    const [oid, time, ...parents] = line.split(" ")
    ranks.set(oid, Math.max(Number(time), ...parents.filter(Boolean).map((parent) => ranks.get(parent) + 1)))
  }
  const trailers = "%(trailers:key=Co-authored-by,valueonly,separator=%x02)"
  const format = `--format=%x01%H%x00%aE%x00%at%x00%ct%x00%ad%x00${trailers}`
  const options = ["--no-merges", "--root", "-r", "-M50%", "-l1000", "--raw", "--numstat", "--no-abbrev", "-z"]
  const text = git("log", ...options, "--date=format:%w %H", format, commit)
  const commits = text
    .split("\u0001")
    .slice(1)
    .map((record) => {
      const tokens = record.split("\0")
      const [oid = "", email = "", authored, committed, localHour = "", helpers = ""] = tokens
      /** @type {LoggedChange[]} */
      const changes = []
      let at = 6
      while (at < tokens.length && !tokens[at]?.replace(/^\n/, "").startsWith(":")) at++
      for (; tokens[at]?.replace(/^\n/, "").startsWith(":"); at++) {
        const [oldMode = "", mode = "", , , code = ""] = (tokens[at] ?? "").replace(/^\n/, "").slice(1).split(" ")
        const oldPath = code.startsWith("R") ? tokens[++at] : undefined
        const path = tokens[++at] ?? ""
        const regular = (mode === "000000" ? oldMode : mode).startsWith("100")
        changes.push({ status: code[0] ?? "", path, oldPath, regular, added: 0, deleted: 0 })
      }
      for (const change of changes) {
        const [added, deleted] = (tokens[at] ?? "").split("\t")
        at += change.status === "R" ? 3 : 1
        if (added !== "-" && change.regular) Object.assign(change, { added: Number(added), deleted: Number(deleted) })
      }
      const coauthors = helpers.split("\u0002").flatMap((helper) => /^.*?\s*<[^<>]*>/.exec(helper.trim())?.[0] ?? [])
      return {
        ...{ oid, email: email.toLowerCase(), authoredAt: Number(authored), committedAt: Number(committed) },
        ...{ rank: ranks.get(oid), localHour: localHour.replace(" 0", " "), coauthors, changes },
      }
    })
  return commits.sort((one, other) => other.rank - one.rank || (one.oid < other.oid ? 1 : -1))
}
