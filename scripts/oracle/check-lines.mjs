import { round } from "./count-with-git.mjs"

const sampled = 40

/**
 * Lines and their age: of the whole by a comparison with the empty tree, of some files by `git blame --first-parent`, and the lines
 * that are not blank by reading the blobs.
 *
 * @param {{ git: (...args: string[]) => string, commit: string }} repository
 * @param {(name: string, parameters?: Record<string, string>) => Promise<{ values: Record<string, any>, rows: Record<string, any>[] }>} read
 * @returns {Promise<Record<string, [ours: Map<string, any>, git: Map<string, any>]>>}
 */
export async function checkLines({ git, commit }, read) {
  const files = (await read("files")).rows
  const text = files.filter(({ lines }) => lines !== null)
  const ages = (await read("age")).rows
  const burndown = await read("burndown")
  const survival = await read("survival")
  const tip = Number(git("log", "-1", "--format=%ct", commit))
  const total = text.reduce((sum, { lines }) => sum + lines, 0)

  const step = Math.max(1, Math.floor(text.length / sampled))
  const some = text.filter(({ lines }, at) => lines > 0 && at % step === 0)
  const chain = new Map()
  let latest = 0
  for (const line of git("log", "--first-parent", "--reverse", "--format=%H %ct", commit).split("\n").filter(Boolean)) {
    const [oid, time] = line.split(" ")
    chain.set(oid, (latest = Math.max(latest, Number(time))))
  }
  const mean = new Map()
  for (const { path } of some) {
    const blamed = git("blame", "--first-parent", "--line-porcelain", commit, "--", path)
    const births = [...blamed.matchAll(/^([0-9a-f]{40,64}) \d+ \d+/gm)].map(([, oid]) => chain.get(oid))
    mean.set(path, round(births.reduce((sum, birth) => sum + Math.max(tip - birth, 0) / 86_400, 0) / births.length))
  }
  const sloc = new Map(
    some.map(({ path }) => [
      path,
      git("cat-file", "blob", `${commit}:${path}`)
        .split("\n")
        .filter((line) => /[^ \t\n\v\f\r]/.test(line)).length,
    ]),
  )
  const ours = (/** @type {Record<string, any>[]} */ rows, /** @type {string} */ column) =>
    new Map(rows.filter(({ path }) => mean.has(path)).map((row) => [row.path, row[column]]))
  return {
    "lines alive in the burndown": [new Map([["lines", burndown.values.lines]]), new Map([["lines", total]])],
    "lines alive in the survival": [new Map([["lines", survival.values.linesAlive]]), new Map([["lines", total]])],
    [`mean age of lines, by blame (every ${step}. file)`]: [ours(ages, "meanAgeDays"), mean],
    [`lines that are not blank (every ${step}. file)`]: [ours(files, "sloc"), sloc],
  }
}
