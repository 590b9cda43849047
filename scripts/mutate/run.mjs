// `npm run mutate`: takes away one guard after the other from a copy of the checkout, and sees whether the tests notice.
// Ends with 1 if one of them does not. `-- --only PostgreSQL` for a part of it.
import { spawnSync } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { exitWith, Problem } from "../bootstrap/problem.mjs"
import { prepare } from "../bootstrap/prepare.mjs"
import { rootFolder } from "../bootstrap/workspace.mjs"
import { startServices } from "../services/start-services.mjs"
import { mutations, suites } from "./mutations.mjs"

const { values } = parseArgs({ options: { only: { type: "string" } } })
const wanted = mutations.filter(({ suite }) => values.only === undefined || suite === values.only)

await prepare({ types: false }).catch(exitWith)
const services = await startServices().catch(exitWith)
const folder = mkdtempSync(join(tmpdir(), "assay-mutate-"))
try {
  run("git", ["clone", "--quiet", "--shared", rootFolder, folder], rootFolder)
  run(process.execPath, ["scripts/build.mjs"], folder)
  for (const suite of new Set(wanted.map(({ suite }) => suite))) {
    const { failed, first } = test(suite)
    if (failed) throw new Problem(`The ${suite} suite is red although nothing was taken away: ${first}`)
  }
  console.log("| guard | taken from | the tests notice | first of them |\n| --- | --- | --- | --- |")
  const unnoticed = wanted.filter((mutation) => !isNoticed(mutation))
  console.log(`\n${wanted.length - unnoticed.length} of ${wanted.length} noticed.`)
  process.exitCode = unnoticed.length === 0 ? 0 : 1
} finally {
  rmSync(folder, { recursive: true, force: true })
  await services.stop()
}

/** @param {import("./mutations.mjs").Mutation} mutation */
function isNoticed({ guard, suite, file, find, replace }) {
  const path = join(folder, file)
  const source = readFileSync(path, "utf8")
  if (source.split(find).length !== 2) throw new Problem(`${file} holds ${JSON.stringify(find)} not exactly once.`)
  writeFileSync(
    path,
    source.replace(find, () => replace),
  )
  try {
    const { failed, first } = test(suite)
    console.log(`| ${guard} | ${suite} | ${failed ? "yes" : "**no**"} | ${first} |`)
    return failed
  } finally {
    writeFileSync(path, source)
  }
}

/** @param {keyof typeof suites} suite */
function test(suite) {
  const { project, tests } = suites[suite]
  const args = ["exec", "--", "vitest", "run", "--bail", "1", "--reporter", "json", "--project", project, ...tests]
  const { status, stdout } = spawnSync("npm", args, {
    cwd: folder,
    env: { ...process.env, ...services.environment },
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
  })
  /** @type {{ testResults?: { assertionResults: { status: string, title: string }[] }[] }} */
  const report = JSON.parse(stdout.slice(Math.max(0, stdout.indexOf("{"))) || "{}")
  const failures = (report.testResults ?? []).flatMap(({ assertionResults }) =>
    assertionResults.filter((result) => result.status === "failed"),
  )
  // One that cannot even be loaded is noticed, too, but by nobody in particular.
  return { failed: status !== 0, first: failures[0]?.title ?? (status === 0 ? "" : "the tests did not run") }
}

/**
 * @param {string} program
 * @param {string[]} args
 * @param {string} cwd
 */
function run(program, args, cwd) {
  const { status, stderr } = spawnSync(program, args, { cwd, encoding: "utf8" })
  if (status !== 0) throw new Problem(`${program} failed:\n${stderr}`)
}
