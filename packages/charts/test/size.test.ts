import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { build, type Options } from "tsup"
import { afterAll, expect, it } from "vitest"
import config from "../tsup.config.js"

const folder = new URL("..", import.meta.url).pathname
const readme = readFileSync(join(folder, "README.md"), "utf8")
const output = mkdtempSync(join(tmpdir(), "assay-charts-size-"))
afterAll(() => rmSync(output, { recursive: true, force: true }))

async function bundle(name: string, more: Options): Promise<{ code: string; zipped: number }> {
  const outDir = join(output, name)
  const entry = { index: join(folder, "src/index.ts") }
  const tsconfig = join(folder, "tsconfig.json")
  const quiet = { dts: false, sourcemap: false, silent: true, config: false as const }
  await build({ ...(config as Options), entry, tsconfig, outDir, ...quiet, ...more })
  const code = readFileSync(join(outDir, "index.js"))
  return { code: code.toString(), zipped: gzipSync(code, { level: 9 }).length }
}

it("is as small as the README says, alone and with d3", async () => {
  const alone = await bundle("alone", { minify: true, external: [/^d3-/] })
  const whole = await bundle("whole", { minify: true, noExternal: [/^d3-/], platform: "browser" })
  expect(alone.zipped).toBeLessThan(25_000)
  expect(whole.zipped).toBeLessThan(50_000)
  expect(readme).toContain("under 25 kB")
  expect(readme).toContain("under 50 kB")
  // It runs wherever JavaScript does.
  expect(alone.code).not.toMatch(/from ?["']node:/)
}, 60_000)

it("needs nothing but modules of d3", () => {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  for (const name of Object.keys(manifest.dependencies)) expect(name).toMatch(/^d3-/)
  expect(manifest).not.toHaveProperty("peerDependencies")
})
