// Looks at the command lines and the environments of all processes that began after it did, again and again, for what it
// reads from its standard input: one form of a secret per line. Writes one JSON object per finding, and how much it has seen
// when its input ends.
import { readdirSync, readFileSync } from "node:fs"
import { createInterface } from "node:readline"

/** @type {string[]} */
const forms = []
/** @type {Set<string>} */
const seen = new Set()
/** @type {Set<string>} */
const found = new Set()
const old = new Set(readdirSync("/proc").filter((name) => /^\d+$/.test(name)))

const input = createInterface({ input: process.stdin })
input.on("line", (line) => void forms.push(line))
input.on("close", () => {
  process.stdout.write(`${JSON.stringify({ seen: [...seen] })}\n`, () => process.exit())
})

setInterval(look, 3)
process.stdout.write("{}\n")

function look() {
  for (const pid of readdirSync("/proc")) {
    if (!/^\d+$/.test(pid) || old.has(pid)) continue
    for (const what of ["cmdline", "environ"]) {
      const text = read(`/proc/${pid}/${what}`)
      if (text === "") continue
      if (what === "cmdline") seen.add(text.split("\0").slice(0, 3).join(" ").slice(0, 200))
      if (forms.some((form) => text.includes(form))) report(`${what} of ${pid}`, text)
    }
  }
}

/** @param {string} path */
function read(path) {
  try {
    return readFileSync(path, "latin1")
  } catch {
    // It is gone already.
    return ""
  }
}

/** @param {string} place @param {string} text */
function report(place, text) {
  if (found.has(place)) return
  found.add(place)
  process.stdout.write(`${JSON.stringify({ found: place, text: text.replaceAll("\0", " ").slice(0, 300) })}\n`)
}
