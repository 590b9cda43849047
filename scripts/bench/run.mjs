// `npm run bench`: the numbers that docs/benchmarks.md keeps. Each measurement runs in a process of its own, five times, and
// its median is printed beside its goal, as a Markdown table. `-- --only jobs,latency --runs 3` for a part of it.
import { spawnSync } from "node:child_process"
import { parseArgs } from "node:util"
import { fileURLToPath } from "node:url"
import { prepare } from "../bootstrap/prepare.mjs"
import { exitWith } from "../bootstrap/problem.mjs"
import { startServices } from "../services/start-services.mjs"
import { machine } from "./machine.mjs"
import { measurements } from "./measurements.mjs"
import { median } from "./statistics.mjs"

const { values } = parseArgs({ options: { only: { type: "string" }, runs: { type: "string", default: "5" } } })
const wanted = values.only?.split(",")
const runs = Number(values.runs)

await prepare({ types: false }).catch(exitWith)
const services = await startServices().catch(exitWith)
try {
  console.log(machine())
  console.log(`\nMedians of ${runs}.\n`)
  console.log("| measurement | on | median | all runs | goal | reached |\n| --- | --- | --- | --- | --- | --- |")
  for (const measurement of measurements) {
    if (wanted && !wanted.some((name) => measurement.script.startsWith(name))) continue
    for (const database of measurement.databases) report(measurement, database)
  }
} finally {
  await services.stop()
}

/**
 * @param {import("./measurements.mjs").Measurement} measurement
 * @param {string} database
 */
function report(measurement, database) {
  const script = fileURLToPath(new URL(`measure/${measurement.script}.mjs`, import.meta.url))
  /** @type {Record<string, number>[]} */
  const results = []
  for (let run = 0; run < Math.min(runs, measurement.runs ?? runs); run++) {
    const child = spawnSync(process.execPath, ["--expose-gc", script, database], {
      env: { ...process.env, ...services.environment },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    })
    if (child.status !== 0)
      throw new Error(`${measurement.script} on ${database} ended with ${child.status ?? child.signal}`)
    results.push(JSON.parse(child.stdout.trim().split("\n").at(-1) ?? "{}"))
  }
  for (const [name, { label, unit, digits, goals }] of Object.entries(measurement.values)) {
    const numbers = results.map((result) => result[name] ?? NaN)
    const middle = median(numbers)
    const goal = goals?.[database]
    const text = (/** @type {number} */ value) => value.toFixed(digits)
    const reached = !goal
      ? ""
      : (goal.atLeast ?? -Infinity) <= middle && middle <= (goal.atMost ?? Infinity)
        ? "yes"
        : "**no**"
    const goalText = !goal ? "" : goal.atLeast !== undefined ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`
    console.log(
      `| ${label} | ${database} | ${text(middle)} ${unit} | ${numbers.map(text).join(", ")} | ${goalText} | ${reached} |`,
    )
  }
}
