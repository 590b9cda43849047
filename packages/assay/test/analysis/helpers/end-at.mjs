// Loaded before `assay serve` (`node --import`): the process ends itself by SIGKILL at the point of an analysis that the file
// ASSAY_TEST_END_AT names, and takes the file away before. The command under test is as it is published; what it does is seen
// where it leaves the process, in its statements to PostgreSQL and its requests to Potpie.
import { subscribe } from "node:diagnostics_channel"
import { readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"

const file = process.env["ASSAY_TEST_END_AT"] ?? ""
const { Client } = createRequire(new URL("../../../../postgres/package.json", import.meta.url))("pg")

/** What a statement is about. */
const subjects = [
  { subject: "request", pattern: /^\s*insert into assay\.analyses/ },
  { subject: "source", pattern: /^\s*update assay\.analyses set [^]*\bsourced = / },
  { subject: "project", pattern: /^\s*update assay\.analyses set [^]*\bproject_id = / },
  { subject: "intent", pattern: /^\s*insert into assay\.analysis_messages/ },
  { subject: "answer", pattern: /^\s*update assay\.analysis_messages/ },
  { subject: "snippets", pattern: /^\s*insert into assay\.analysis_snippets/ },
  { subject: "defer", pattern: /update assay\.jobs as jobs set[^]*insert into assay\.job_events/ },
]
/** What the open transaction of a connection has been about. @type {WeakMap<object, Set<string>>} */
const transactions = new WeakMap()

const query = Client.prototype.query
/** @param {string | { text: string, values?: unknown[] }} config @param {unknown[]} [values] @param {unknown[]} more */
Client.prototype.query = function (config, values, ...more) {
  const text = typeof config === "string" ? config : (config.text ?? "")
  const given = JSON.stringify((typeof config === "string" ? values : config.values) ?? []) ?? ""
  if (text === "begin") transactions.set(this, new Set())
  const about = transactions.get(this) ?? new Set()
  const subject = subjects.find(({ pattern }) => pattern.test(text))?.subject
  if (subject === "source") reach("after-source")
  if (subject === "project") reach("after-parse")
  if (subject === "answer" && given.includes('"answered"')) reach("after-answer")
  if (subject !== undefined) about.add(subject)
  if (text === "commit" && about.has("snippets")) reach("before-commit")
  const result = query.call(this, config, values, ...more)
  if (typeof result?.then !== "function") return result
  return result.then((/** @type {unknown} */ value) => {
    if (subject === "defer" && given.includes("deferred")) reach("while-deferred")
    if (text === "commit") {
      transactions.delete(this)
      if (about.has("snippets")) reach("after-commit")
      else if (about.has("answer")) reach("after-keep")
      else if (about.has("intent")) reach("after-intent")
      else if (about.has("request")) reach("after-request")
    }
    return value
  })
}

subscribe("http.client.request.start", (message) => {
  const { request } = /** @type {{ request: import("node:http").ClientRequest }} */ (message)
  // All of it is with the operating system then, which sends it whatever becomes of the process.
  if (/\/message\//.test(request.path)) request.once("finish", () => reach("after-send"))
})

/** @param {string} point */
function reach(point) {
  try {
    if (readFileSync(file, "utf8") !== point) return
  } catch {
    return
  }
  rmSync(file)
  process.kill(process.pid, "SIGKILL")
}
