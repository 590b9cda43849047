// `npm run check:packages`: what would be published is packed, and judged as a stranger would receive it.
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { prepare } from "./bootstrap/prepare.mjs"
import { exitWith, Problem } from "./bootstrap/problem.mjs"
import { runQuietly } from "./bootstrap/run-quietly.mjs"
import { pnpmPackage, promisedFiles, rootFolder, workspacePackages } from "./bootstrap/workspace.mjs"

const expected = /^(package\.json|README\.md|LICENSE|NOTICE|CHANGELOG\.md|dist\/.+)$/
const binaries = join(rootFolder, "node_modules/.bin")

await prepare({ types: true }).then(checkAll).catch(exitWith)

async function checkAll() {
  const folder = mkdtempSync(join(tmpdir(), "assay-pack-"))
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }))
  const packages = workspacePackages(["packages"]).filter(({ manifest }) => !manifest.private)
  /** @type {string[]} */
  const problems = []
  for (const entry of packages) {
    const found = await check(entry, mkdtempSync(join(folder, "package-")))
    console.log(`${found.length === 0 ? "✔" : "✘"} ${entry.name}`)
    problems.push(...found.map((problem) => `${entry.name}: ${problem}`))
  }
  if (problems.length > 0) throw new Problem(problems.join("\n\n"))
}

/**
 * @param {import("./bootstrap/workspace.mjs").WorkspacePackage} entry
 * @param {string} folder
 * @returns {Promise<string[]>} problems
 */
async function check(entry, folder) {
  // pnpm packs, because it is pnpm that turns workspace: and publishConfig into what is published.
  await run("npx", ["--yes", pnpmPackage(), "pack", "--pack-destination", folder], entry.folder)
  const tarball = join(folder, readdirSync(folder)[0] ?? "")
  const judges = [
    findOddities(tarball),
    run(join(binaries, "publint"), [tarball, "--strict"]).then(() => []),
    run(join(binaries, "attw"), [tarball, "--profile", "esm-only", "--no-color", "--no-emoji"]).then(() => []),
  ]
  const verdicts = await Promise.allSettled(judges)
  return verdicts.flatMap((verdict) => (verdict.status === "fulfilled" ? verdict.value : [verdict.reason.message]))
}

/** @param {string} tarball */
async function findOddities(tarball) {
  const files = (await run("tar", ["-tzf", tarball]))
    .trim()
    .split("\n")
    .map((file) => file.replace(/^package\//, ""))
  const manifest = JSON.parse(await run("tar", ["-xzOf", tarball, "package/package.json"]))
  const dependencies = Object.entries({ ...manifest.dependencies, ...manifest.peerDependencies })
  return [
    ...files.filter((file) => !expected.test(file)).map((file) => `packs ${file}, which nobody needs.`),
    ...["README.md", "LICENSE"].filter((file) => !files.includes(file)).map((file) => `packs no ${file}.`),
    ...promisedFiles(manifest)
      .filter((file) => !files.includes(file.slice("./".length)))
      .map((file) => `promises ${file} and does not pack it.`),
    ...dependencies
      .filter(([, range]) => /^(workspace|catalog|link|file):/.test(range))
      .map(([name, range]) => `depends on ${name} as ${range}, which means nothing outside this workspace.`),
    ...(JSON.stringify(manifest.exports).includes("@assay/source")
      ? [
          "publishes the condition @assay/source, whose files are not packed: repeat its exports in publishConfig without it.",
        ]
      : []),
  ]
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} [cwd]
 */
function run(command, args, cwd = rootFolder) {
  return runQuietly(command, args, { cwd, doing: [command.split("/").at(-1), ...args].join(" ") })
}
