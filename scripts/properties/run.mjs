// `npm run properties -- --runs 500 --seed 1`: makes histories up and holds for each of them that a repository which is updated
// has the same facts as one which is indexed anew, and the totals that git says. Prints how many there were; ends with 1 if one
// of them differs, and says the shortest that does, with the seed and the path to see it again.
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { prepare } from "../bootstrap/prepare.mjs"
import { exitWith, Problem } from "../bootstrap/problem.mjs"
import { rootFolder } from "../bootstrap/workspace.mjs"
import { printCounts, runVitest } from "../testing/run-vitest.mjs"

const options = readOptions()
await prepare({ types: false }).catch(exitWith)
const interruption = new AbortController()
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) process.once(signal, () => interruption.abort())
const folder = mkdtempSync(join(tmpdir(), "assay-properties-"))
try {
  const counts = await runVitest(["--project", "git", "packages/git/test/jobs/update-equals-index.test.ts"], {
    cwd: rootFolder,
    scratchFolder: folder,
    environment: {
      ASSAY_TEST_RUNS: options.runs,
      ASSAY_TEST_SEED: options.seed,
      ASSAY_TEST_MINUTES: options.minutes,
      ...(options.path === undefined ? {} : { ASSAY_TEST_PATH: options.path }),
    },
    signal: interruption.signal,
  })
  printCounts(counts)
  process.exitCode = counts.failed > 0 ? 1 : 0
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "500" },
      seed: { type: "string", default: "1" },
      /** No history begins after that long. */
      minutes: { type: "string", default: "240" },
      /** Of a failure that was seen before. */
      path: { type: "string" },
    },
  })
  // No timer of the tests can wait for longer than some weeks.
  for (const [name, most] of /** @type {const} */ ([
    ["runs", 1_000_000],
    ["seed", 2_147_483_647],
    ["minutes", 10_000],
  ])) {
    if (!/^[1-9]\d{0,9}$/.test(values[name]) || Number(values[name]) > most) {
      exitWith(new Problem(`--${name} takes a whole number from 1 to ${most}.`))
    }
  }
  return values
}
