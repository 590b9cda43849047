import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { build, type Options } from "tsup"
import { afterAll, expect, it } from "vitest"
import config from "../tsup.config.js"

const folder = new URL("..", import.meta.url).pathname
const output = mkdtempSync(join(tmpdir(), "assay-size-"))
afterAll(() => rmSync(output, { recursive: true, force: true }))

it("is under 15 KB gzipped, without zod", async () => {
  await build({
    ...(config as Options),
    config: false,
    entry: { index: join(folder, "src/index.ts") },
    tsconfig: join(folder, "tsconfig.json"),
    external: ["zod"],
    outDir: output,
    dts: false,
    sourcemap: false,
    silent: true,
  })
  const code = readFileSync(join(output, "index.js"))
  expect(code.toString()).toMatch(/from ["']zod["']/)
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(15_000)
})

it("needs nothing but zod", () => {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"))
  expect(Object.keys(manifest.dependencies)).toEqual(["zod"])
  expect(manifest).not.toHaveProperty("peerDependencies")
})
