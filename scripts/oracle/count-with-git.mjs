import { readLog } from "./read-log.mjs"

/** @typedef {import("./read-log.mjs").LoggedCommit} LoggedCommit */
/** @typedef {import("./read-log.mjs").LoggedChange} LoggedChange */

const day = 86_400

/**
 * Counts the insights of a commit a second time: plain git, and simple code that shares nothing with the product. Each answer is a
 * map from what a row is of to its number, so that both sides can be compared entry by entry.
 *
 * @param {{ git: (...args: string[]) => string, commit: string, files: readonly Record<string, any>[] }} options `files` are the
 *   product's: which of them are vendored, and in what language, has an oracle of its own
 */
export function countWithGit({ git, commit, files }) {
  const log = readLog(git, commit)
  const tip = Number(git("log", "-1", "--format=%ct", commit))
  const isTime = (/** @type {number} */ seconds) => seconds > 0 && seconds <= tip + day
  const isBot = (/** @type {string} */ email) => bots.has(email)
  const bots = botsOf(git, commit)
  const utf8 = (/** @type {string} */ path) => path
  const own = files.filter(
    ({ lines, lfs, excluded, language, detectable }) =>
      lines !== null && !lfs && !excluded && !(language && !detectable),
  )
  const histories = followFiles(
    log,
    files.map(({ path }) => path),
  )
  return {
    "active days of each contributor": distinct(log, ({ email, authoredAt }) =>
      isTime(authoredAt) ? [[email, Math.floor(authoredAt / day)]] : [],
    ),
    "paths touched by each contributor": distinct(log, ({ email, changes }) =>
      changes.flatMap(({ path, oldPath }) =>
        [path, oldPath].flatMap((each) => (each === undefined ? [] : [[email, utf8(each)]])),
      ),
    ),
    "co-authorships of each contributor": countBy(coauthorships(git, log)),
    "commits of each day": countBy(
      log
        .filter(({ authoredAt }) => isTime(authoredAt))
        .map(({ authoredAt }) => new Date(authoredAt * 1000).toISOString().slice(0, 10)),
    ),
    "commits of each hour of the week": countBy(
      log.filter(({ authoredAt }) => isTime(authoredAt)).map(({ localHour }) => localHour),
    ),
    "revisions of each path": distinct(log, ({ oid, changes }) =>
      changes.flatMap(({ path, oldPath }) =>
        [path, oldPath].flatMap((each) => (each === undefined ? [] : [[utf8(each), oid]])),
      ),
    ),
    "revisions of each file, renames followed": new Map(
      [...histories].map(([path, all]) => [path, new Set(all.map(({ commit: { oid } }) => oid)).size]),
    ),
    "lines added to each file, renames followed": new Map(
      [...histories].map(([path, all]) => [path, all.reduce((sum, { change }) => sum + change.added, 0)]),
    ),
    "main developer of each file": new Map(
      own.flatMap(({ path }) => mainDeveloper(path, histories.get(path) ?? [], isBot)),
    ),
    "fragmentation of each file": new Map(
      own.flatMap(({ path }) => fragmentation(path, histories.get(path) ?? [], isBot)),
    ),
    "coupled pairs of files": couple(log),
    "sum of coupling of each path": sumOfCoupling(log),
    "contributor absence factor": new Map([["caf", absenceFactor(log, isBot)]]),
    "truck factor": new Map([
      [
        "truckFactor",
        truckFactor(
          own.map(({ path }) => histories.get(path) ?? []),
          isBot,
        ),
      ],
    ]),
    "owners of files": new Map([
      [
        "fileOwners",
        fileOwners(
          own.map(({ path }) => histories.get(path) ?? []),
          isBot,
        ),
      ],
    ]),
    "commits of each release": releases(git, commit),
  }
}

/**
 * @param {(...args: string[]) => string} git
 * @param {string} commit
 */
function botsOf(git, commit) {
  const emails = git("log", "--format=%aN%x00%aE", commit)
    .split("\n")
    .map((line) => line.split("\0"))
  const pattern = /\[bot\]@|^(?:dependabot|renovate|github-actions|greenkeeper|snyk-bot|noreply@github\.com)/i
  return new Set(
    emails
      .filter(([name = "", email = ""]) => /\[bot\]$/i.test(name) || pattern.test(email))
      .map(([, email = ""]) => email.toLowerCase()),
  )
}

/**
 * @param {(...args: string[]) => string} git
 * @param {readonly LoggedCommit[]} log
 */
function coauthorships(git, log) {
  const mapped = new Map()
  const all = [...new Set(log.flatMap(({ coauthors }) => coauthors))]
  for (let at = 0; at < all.length; at += 100) {
    const some = all.slice(at, at + 100)
    const lines = git("check-mailmap", ...some)
      .split("\n")
      .filter(Boolean)
    for (const [index, person] of some.entries())
      mapped.set(person, /<([^<>]*)>$/.exec(lines[index] ?? "")?.[1]?.toLowerCase())
  }
  return log.flatMap(({ email, coauthors }) =>
    [...new Set(coauthors.map((person) => mapped.get(person)))].filter((helper) => helper !== email),
  )
}

/**
 * The changes of each file that is there, newest first, all the names it had included.
 *
 * @param {readonly LoggedCommit[]} log
 * @param {readonly string[]} paths
 */
function followFiles(log, paths) {
  /** @type {Map<string, { commit: LoggedCommit, change: LoggedChange }[]>} */
  const histories = new Map(paths.map((path) => [path, []]))
  const present = new Map(paths.map((path) => [path, path]))
  for (const commit of log) {
    /** @type {[string, string | undefined][]} */
    const moves = []
    for (const change of commit.changes) {
      const file = present.get(change.path)
      if (file !== undefined) histories.get(file)?.push({ commit, change })
      if (change.status === "R") moves.push([change.oldPath ?? "", file])
    }
    for (const { status, path } of commit.changes) if (status === "R" || status === "A") present.delete(path)
    for (const [path, file] of moves) {
      if (file === undefined) present.delete(path)
      else present.set(path, file)
    }
  }
  return histories
}

/**
 * @param {string} path
 * @param {{ commit: LoggedCommit, change: LoggedChange }[]} history
 * @param {(email: string) => boolean} isBot
 * @returns {[string, string][]}
 */
function mainDeveloper(path, history, isBot) {
  const added = sumBy(
    history.filter(({ commit }) => !isBot(commit.email)),
    ({ commit }) => commit.email,
    ({ change }) => change.added,
  )
  const [main] = [...added].sort(([one, few], [other, many]) => many - few || (one < other ? -1 : 1))
  return main ? [[path, main[0]]] : []
}

/**
 * @param {string} path
 * @param {{ commit: LoggedCommit, change: LoggedChange }[]} history
 * @param {(email: string) => boolean} isBot
 * @returns {[string, number][]}
 */
function fragmentation(path, history, isBot) {
  const people = history.filter(({ commit }) => !isBot(commit.email))
  const revisions = [...distinct(people, ({ commit }) => [[commit.email, commit.oid]]).values()]
  const all = revisions.reduce((sum, count) => sum + count, 0)
  if (all === 0) return []
  return [[path, round(1 - revisions.reduce((sum, count) => sum + (count / all) ** 2, 0))]]
}

/** @param {readonly LoggedCommit[]} log */
function changeSets(log) {
  const sets = log.map(
    ({ changes }) =>
      new Set(changes.flatMap(({ path, oldPath }) => (oldPath === undefined ? [path] : [path, oldPath]))),
  )
  return sets.filter((set) => set.size > 0 && set.size <= 30)
}

/** @param {readonly LoggedCommit[]} log */
function couple(log) {
  const sets = changeSets(log)
  const revisions = countBy(sets.flatMap((set) => [...set]))
  /** @type {Map<string, number>} */
  const shared = new Map()
  for (const set of sets) {
    const often = [...set].filter((path) => (revisions.get(path) ?? 0) >= 5).sort()
    for (const [at, one] of often.entries())
      for (const other of often.slice(at + 1)) shared.set(`${one}\0${other}`, (shared.get(`${one}\0${other}`) ?? 0) + 1)
  }
  /** @type {Map<string, number>} */
  const degrees = new Map()
  for (const [pair, count] of shared) {
    const [one = "", other = ""] = pair.split("\0")
    const average = ((revisions.get(one) ?? 0) + (revisions.get(other) ?? 0)) / 2
    if (
      Math.ceil(average) < 5 ||
      count < 5 ||
      (100 * count) / average < 30 ||
      Math.floor((100 * count) / average) > 100
    )
      continue
    degrees.set(pair, Math.trunc((100 * count) / average))
  }
  return degrees
}

/** @param {readonly LoggedCommit[]} log */
function sumOfCoupling(log) {
  const sums = sumBy(
    changeSets(log).flatMap((set) => [...set].map((path) => ({ path, others: set.size - 1 }))),
    ({ path }) => path,
    ({ others }) => others,
  )
  return new Map([...sums].filter(([, sum]) => sum > 5))
}

/**
 * @param {readonly LoggedCommit[]} log
 * @param {(email: string) => boolean} isBot
 */
function absenceFactor(log, isBot) {
  const commits = [...countBy(log.map(({ email }) => email).filter((email) => !isBot(email))).values()].sort(
    (one, other) => other - one,
  )
  return fewest(commits)
}

/**
 * @param {{ commit: LoggedCommit, change: LoggedChange }[][]} histories
 * @param {(email: string) => boolean} isBot
 */
function truckFactor(histories, isBot) {
  const touched = histories.filter((history) => history.length > 0)
  const authors = touched.map((history) => {
    const people = history.filter(({ commit }) => !isBot(commit.email))
    const creator = people.findLast(({ change }) => change.status === "A")?.commit.email
    const later = people
      .filter(({ change }) => change.status !== "A" && change.status !== "D")
      .map(({ commit }) => commit.email)
    const deliveries = countBy(later)
    const developers = new Set([...later, ...(creator === undefined ? [] : [creator])])
    /** @type {[string, number][]} */
    const degrees = [...developers].map((email) => {
      const count = deliveries.get(email) ?? 0
      return [
        email,
        3.293 + (email === creator ? 1.098 : 0) + 0.164 * count - 0.321 * Math.log(1 + later.length - count),
      ]
    })
    const most = Math.max(...degrees.map(([, degree]) => degree))
    return new Set(
      degrees
        .filter(([email, degree]) => degree / most > 0.75 && (degree >= 3.293 || email === creator))
        .map(([email]) => email),
    )
  })
  let factor = 0
  for (; authors.filter((set) => set.size > 0).length / authors.length >= 0.5; factor++) {
    const counts = [...countBy(authors.flatMap((set) => [...set]))].sort(
      ([one, few], [other, many]) => many - few || (one < other ? -1 : 1),
    )
    for (const set of authors) set.delete(counts[0]?.[0] ?? "")
  }
  return factor
}

/**
 * @param {{ commit: LoggedCommit, change: LoggedChange }[][]} histories
 * @param {(email: string) => boolean} isBot
 */
function fileOwners(histories, isBot) {
  const owners = histories.flatMap((history) =>
    mainDeveloper(
      "",
      history.filter(({ change }) => change.added > 0),
      isBot,
    ),
  )
  return fewest([...countBy(owners.map(([, owner]) => owner)).values()].sort((one, other) => other - one))
}

/**
 * @param {(...args: string[]) => string} git
 * @param {string} commit
 */
function releases(git, commit) {
  /** @type {Map<string, number>} */
  const counts = new Map()
  let previous
  const tags = git("for-each-ref", "--sort=creatordate", `--merged=${commit}`, "--format=%(refname:short)", "refs/tags")
    .split("\n")
    .filter(Boolean)
  for (const tag of tags.filter((name) => /^(.*[/@_-])?v?\d+(\.\d+){1,3}([-+].*)?$/.test(name))) {
    const range = previous === undefined ? [`refs/tags/${tag}`] : [`refs/tags/${tag}`, `^refs/tags/${previous}`]
    counts.set(tag, Number(git("rev-list", "--count", "--no-merges", ...range)))
    previous = tag
  }
  return counts
}

/** @param {readonly number[]} descending */
function fewest(descending) {
  const total = descending.reduce((sum, count) => sum + count, 0)
  let covered = 0
  let count = 0
  for (; covered * 2 < total; count++) covered += descending[count] ?? 0
  return count
}

/** @param {readonly string[]} keys */
function countBy(keys) {
  return sumBy(
    keys,
    (key) => key,
    () => 1,
  )
}

/**
 * @template Item
 * @param {readonly Item[]} items
 * @param {(item: Item) => string} key
 * @param {(item: Item) => number} value
 */
function sumBy(items, key, value) {
  /** @type {Map<string, number>} */
  const sums = new Map()
  for (const item of items) sums.set(key(item), (sums.get(key(item)) ?? 0) + value(item))
  return sums
}

/**
 * @template Item
 * @param {readonly Item[]} items
 * @param {(item: Item) => (string | number)[][]} pairs
 */
function distinct(items, pairs) {
  /** @type {Map<string, Set<string | number>>} */
  const sets = new Map()
  for (const item of items) {
    for (const [key = "", value = ""] of pairs(item)) {
      const set = sets.get(String(key)) ?? new Set()
      sets.set(String(key), set.add(value))
    }
  }
  return new Map([...sets].map(([key, set]) => [key, set.size]))
}

/** @param {number} value */
export function round(value) {
  return Math.round(value * 10_000) / 10_000
}
