import { spawn, spawnSync } from "node:child_process"
import { once } from "node:events"

/**
 * Makes a bare repository whose history looks like that of a project in use: folders, files of some hundred lines that grow
 * and are edited in a few places per commit, renames, deletions, a dozen people with a long tail. The same for the same
 * arguments, byte for byte.
 *
 * @param {string} folder made by this
 * @param {{ commits: number, seed?: number, files?: number, shortest?: number, longest?: number, most?: number, packed?: boolean }} options
 *   how many files it begins with, the lines of the shortest and the longest of them, and how many lines a file may grow to (by
 *   default any); unless `packed` is false, it is packed as git packs what it keeps
 */
export async function makeHistory(folder, options) {
  const {
    commits,
    seed = 1,
    files: count = 300,
    shortest = 20,
    longest = 320,
    most = Infinity,
    packed = true,
  } = options
  git(["init", "--quiet", "--bare", "--initial-branch=main", folder])
  const random = generator(seed)
  const files = startFiles(random, { files: count, shortest, longest })
  await fastImport(folder, historyStream({ commits, random, firstCommit: 0, from: undefined, files, most }))
  if (packed) git(["-C", folder, "repack", "-a", "-d", "-q"])
}

/**
 * Adds commits on top of `main`.
 *
 * @param {string} folder
 * @param {{ commits: number, seed?: number }} options
 */
export async function extendHistory(folder, { commits, seed = 2 }) {
  const random = generator(seed)
  const count = Number(git(["-C", folder, "rev-list", "--count", "main"]))
  const stream = historyStream({
    commits,
    random,
    firstCommit: count,
    from: "refs/heads/main^0",
    files: startFiles(random, { files: 300, shortest: 20, longest: 320 }),
    most: Infinity,
  })
  await fastImport(folder, stream)
}

/**
 * @param {string} folder
 * @param {Iterable<string>} stream
 */
async function fastImport(folder, stream) {
  const child = spawn("git", ["-C", folder, "fast-import", "--quiet"], { stdio: ["pipe", "inherit", "inherit"] })
  for (const part of stream) if (!child.stdin.write(part)) await once(child.stdin, "drain")
  child.stdin.end()
  const [code] = await once(child, "exit")
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`)
}

/** @param {string[]} args */
function git(args) {
  const { status, stdout, stderr } = spawnSync("git", args, { encoding: "utf8" })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

/** @typedef {{ path: string, lines: string[] }} File */

/**
 * @param {{ commits: number, random: () => number, firstCommit: number, from: string | undefined, files: File[], most: number }} options
 */
function* historyStream({ commits, random, firstCommit, from, files, most }) {
  for (let index = 0; index < commits; index++) {
    const number = firstCommit + index
    const person = Math.floor(random() ** 3 * 60)
    const when = `${1_500_000_000 + number * 4000} +0100`
    const message = `Change ${number}\n`
    let text = `commit refs/heads/main\nauthor Person ${person} <person${person}@example.org> ${when}\n`
    text += `committer Person ${person} <person${person}@example.org> ${when}\ndata ${message.length}\n${message}`
    if (index === 0 && from) text += `from ${from}\n`
    const touched = index === 0 ? files : pick(files, random)
    for (const file of touched) {
      if (index > 0) edit(file, random)
      if (file.lines.length > most) file.lines.length = most
      const content = file.lines.join("")
      text += `M 100644 inline ${file.path}\ndata ${Buffer.byteLength(content)}\n${content}\n`
    }
    if (random() < 0.02 && index > 0) text += renameOne(files, random)
    yield `${text}\n`
  }
}

/**
 * @param {() => number} random
 * @param {{ files: number, shortest: number, longest: number }} size
 */
function startFiles(random, { files, shortest, longest }) {
  return Array.from({ length: files }, (_, index) => ({
    path: `src/module-${index % 12}/part-${index % 40}/file-${index}.ts`,
    lines: Array.from({ length: shortest + Math.floor(random() * (longest - shortest)) }, () => line(random)),
  }))
}

/**
 * @param {File[]} files
 * @param {() => number} random
 */
function pick(files, random) {
  const count = 1 + Math.floor(random() ** 2 * 6)
  // Some files change far more often than others.
  return Array.from(
    new Set(Array.from({ length: count }, () => Math.floor(random() ** 2 * files.length))),
    (at) => files[at],
  ).filter((file) => file !== undefined)
}

/**
 * @param {File} file
 * @param {() => number} random
 */
function edit(file, random) {
  for (let places = 1 + Math.floor(random() * 3); places > 0; places--) {
    const at = Math.floor(random() * file.lines.length)
    const added = Array.from({ length: Math.floor(random() * 8) }, () => line(random))
    file.lines.splice(at, Math.floor(random() * 7), ...added)
  }
  if (file.lines.length === 0) file.lines.push(line(random))
}

/**
 * @param {File[]} files
 * @param {() => number} random
 */
function renameOne(files, random) {
  const file = files[Math.floor(random() * files.length)]
  if (!file) return ""
  const from = file.path
  file.path = `${from.replace(/\.v\d+\.ts$|\.ts$/, "")}.v${Math.floor(random() * 1e6)}.ts`
  return `R ${from} ${file.path}\n`
}

/** @param {() => number} random */
function line(random) {
  const word = () => Math.floor(random() * 4096).toString(36)
  return `${"  ".repeat(Math.floor(random() * 4))}const ${word()} = ${word()}(${word()}, "${word()} ${word()}")\n`
}

/**
 * A small generator of pseudo-random numbers (mulberry32), because a benchmark needs the same history every time.
 *
 * @param {number} seed
 */
function generator(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
