import { existsSync, readdirSync } from "node:fs"
import { delimiter, join } from "node:path"

/**
 * The folder that holds all of `programs`: on the PATH, or in one of the places where packages put them without adding
 * them to it.
 *
 * @param {string[]} programs
 * @param {string[]} places folders; one part of each may hold a `*`, of which the highest version is taken
 */
export function findServer(programs, places) {
  const onPath = (process.env.PATH ?? "").split(delimiter).filter(Boolean)
  return [...onPath, ...places.flatMap(expand)].find((folder) =>
    programs.every((program) => existsSync(join(folder, program))),
  )
}

/** @param {string} place */
function expand(place) {
  const parts = place.split("/")
  const starred = parts.findIndex((part) => part.includes("*"))
  if (starred === -1) return [place]
  const parent = parts.slice(0, starred).join("/")
  const [before = "", after = ""] = (parts[starred] ?? "").split("*")
  if (!existsSync(parent)) return []
  return readdirSync(parent)
    .filter((name) => name.startsWith(before) && name.endsWith(after))
    .sort((left, right) => right.localeCompare(left, "en", { numeric: true }))
    .map((name) => [parent, name, ...parts.slice(starred + 1)].join("/"))
}
