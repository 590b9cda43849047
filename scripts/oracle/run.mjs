// `npm run oracle -- <path> …`: indexes local repositories and compares what comes out with what plain git says of them. Prints a
// Markdown table, one column per repository; ends with exit code 1 when any number differs.
import { resolve } from "node:path"
import { prepare } from "../bootstrap/prepare.mjs"
import { exitWith, Problem } from "../bootstrap/problem.mjs"

const paths = process.argv.slice(2)
if (paths.length === 0) exitWith(new Problem("Name repositories: npm run oracle -- ../some/checkout ../another.git"))

await prepare({ types: false }).catch(exitWith)
const { indexRepository } = await import("./index-repository.mjs")
const { askGit } = await import("./ask-git.mjs")
const { compareInsights } = await import("./compare-insights.mjs")
const { peerTools } = await import("./peer-tools.mjs")

/** @type {Map<string, string[]>} */
const rows = new Map()
let differences = 0
for (const [column, path] of paths.entries()) {
  const ours = await indexRepository(resolve(path), ({ commit, read, insights }) =>
    compareInsights(resolve(path), { commit, read, insights }),
  )
  const git = askGit(resolve(path), ours.commit)
  cell("repository", column, ours.name)
  cell("commit", column, ours.commit.slice(0, 12))
  for (const measure of /** @type {const} */ ([
    "commits",
    "merges",
    "contributors",
    "additions",
    "deletions",
    "files",
    "lines",
  ])) {
    differences += compare(measure, column, [ours[measure], git[measure]])
  }
  differences += compareMaps("commits of each contributor", column, [ours.commitsBy, git.commitsBy])
  differences += compareMaps("additions of each contributor", column, [ours.additionsBy, git.additionsBy])
  differences += compareMaps("deletions of each contributor", column, [ours.deletionsBy, git.deletionsBy])
  differences += compareMaps("lines of each file", column, [ours.linesOf, git.linesOf])
  for (const [label, mine, theirs] of ours.compared) differences += compareMaps(label, column, [mine, theirs])
}
const [head, ...body] = rows
if (head) {
  console.log(`| ${head[0]} | ${head[1].join(" | ")} |\n| --- |${" --- |".repeat(paths.length)}`)
  for (const [label, cells] of body) console.log(`| ${label} | ${cells.join(" | ")} |`)
}
for (const { name, about } of peerTools()) console.log(`\n${name}: ${about}`)
console.log(differences === 0 ? "\nEvery number is equal." : `\n${differences} numbers differ: see above.`)
process.exitCode = differences === 0 ? 0 : 1

/**
 * @param {string} label
 * @param {number} column
 * @param {string} text
 */
function cell(label, column, text) {
  const cells = rows.get(label) ?? []
  cells[column] = text
  rows.set(label, cells)
}

/**
 * @param {string} label
 * @param {number} column
 * @param {[ours: number, git: number]} numbers
 */
function compare(label, column, [ours, git]) {
  cell(label, column, ours === git ? `${ours} ✓` : `**${ours}**, git says ${git}`)
  return ours === git ? 0 : 1
}

/**
 * @param {string} label
 * @param {number} column
 * @param {[ours: Map<string, any>, git: Map<string, any>]} maps
 */
function compareMaps(label, column, [ours, git]) {
  const keys = new Set([...ours.keys(), ...git.keys()])
  const wrong = [...keys].filter((key) => ours.get(key) !== git.get(key))
  for (const key of wrong.slice(0, 10)) {
    console.error(`${label}: ${JSON.stringify(key)}: ours ${ours.get(key)}, theirs ${git.get(key)}`)
  }
  const [only] = keys.size === 1 ? git.values() : []
  cell(
    label,
    column,
    wrong.length === 0
      ? only === undefined
        ? `all ${keys.size} equal ✓`
        : `${only} ✓`
      : `**${wrong.length} of ${keys.size} differ**`,
  )
  return wrong.length
}
