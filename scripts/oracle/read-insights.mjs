/**
 * The same numbers as `countWithGit`, as the reader of insights says them.
 *
 * @param {(name: string, parameters?: Record<string, string>) => Promise<{ values: Record<string, any>, rows: Record<string, any>[] }>} read
 */
export async function readInsights(read) {
  const column = (/** @type {Record<string, any>[]} */ rows, /** @type {string} */ key, /** @type {string} */ value) =>
    new Map(rows.map((row) => [row[key], row[value]]))
  const people = (await read("contributors", { bots: "show" })).rows
  const authored = people.filter(({ commits }) => commits > 0)
  const days = (await read("activity")).rows.filter(({ commits }) => commits > 0)
  const hours = (await read("punch-card")).rows.filter(({ commits }) => commits > 0)
  const exact = (await read("churn", { by: "file", view: "exact" })).rows
  const followed = (await read("churn", { by: "file" })).rows.filter(({ present }) => present)
  const files = (await read("files")).rows
  const owned = (await read("ownership")).rows
  const pairs = (await read("coupling", { gone: "true" })).rows
  const sums = (await read("coupling", { by: "files", gone: "true" })).rows
  const factors = (await read("bus-factor")).values
  const tags = (await read("releases")).rows.filter(({ kind }) => kind !== "other")
  const added = column(followed, "path", "added")
  return {
    "active days of each contributor": nonZero(column(authored, "email", "activeDays")),
    "paths touched by each contributor": nonZero(column(authored, "email", "filesTouched")),
    "co-authorships of each contributor": nonZero(column(people, "email", "coauthored")),
    "commits of each day": column(days, "start", "commits"),
    "commits of each hour of the week": new Map(hours.map(({ day, hour, commits }) => [`${day} ${hour}`, commits])),
    "revisions of each path": column(exact, "path", "revisions"),
    "revisions of each file, renames followed": column(files, "path", "revisions"),
    "lines added to each file, renames followed": new Map(files.map(({ path }) => [path, added.get(path) ?? 0])),
    "main developer of each file": nonZero(column(owned, "path", "mainDeveloperEmail")),
    "fragmentation of each file": column(
      owned.filter(({ contributors }) => contributors > 0),
      "path",
      "fragmentation",
    ),
    "coupled pairs of files": new Map(pairs.map(({ a, b, degree }) => [`${a}\0${b}`, degree])),
    "sum of coupling of each path": column(sums, "path", "sumOfCoupling"),
    "contributor absence factor": new Map([["caf", factors.caf]]),
    "truck factor": new Map([["truckFactor", factors.truckFactor]]),
    "owners of files": new Map([["fileOwners", factors.fileOwners]]),
    "commits of each release": column(tags, "name", "commitsSince"),
  }
}

/** @param {Map<string, any>} map */
function nonZero(map) {
  return new Map([...map].filter(([, value]) => value !== 0 && value !== null))
}
