import { execFile, spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { randomUUID } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { build } from "tsup"
import { temporaryFolder } from "./temporary-folder.js"

const source = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url))

const script = `
import { createMirrors, parseRemoteUrl, parseTrustedPrefixes } from "./mirrors.mjs"
const [root, id, url] = process.argv.slice(2)
const allow = parseTrustedPrefixes(new URL(url).origin)
await createMirrors({ root, allow }).fetch(id, parseRemoteUrl(url, { allow }))
`

export interface FetchingProcesses extends AsyncDisposable {
  /** Starts a process of its own that fetches `url` into the mirror `id` below `root`, and ends. */
  start(root: string, id: string, url: string): ChildProcess
  /**
   * Runs a script of the test's own that imports from `./mirrors.mjs`, and returns what it prints. `before` is put before
   * the command.
   */
  run(script: string, options: { args: readonly string[]; before?: readonly string[] }): Promise<string>
}

/** Compiles the sources for processes that a test can kill. */
export async function fetchingProcesses(): Promise<FetchingProcesses> {
  const folder = await temporaryFolder()
  const entry = join(folder.path, "entry.ts")
  const from = (path: string): string => `export * from ${JSON.stringify(source(path))}\n`
  writeFileSync(entry, from("mirror/mirrors.ts") + from("remote/remote-url.ts") + from("remote/trusted-prefix.ts"))
  await build({
    entry: { mirrors: entry },
    outDir: folder.path,
    outExtension: () => ({ js: ".mjs" }),
    // The sources of the other packages, so that nothing needs to be built before.
    noExternal: [/^@assay\//],
    esbuildOptions: (options) => void (options.conditions = ["@assay/source"]),
    ...{ format: "esm", platform: "node", config: false, silent: true, dts: false, clean: false },
  })
  const file = join(folder.path, "fetch.mjs")
  writeFileSync(file, script)
  return {
    start: (root, id, url) => spawn(process.execPath, [file, root, id, url], { stdio: "ignore" }),
    async run(text, { args, before = [] }) {
      const own = join(folder.path, `${randomUUID()}.mjs`)
      writeFileSync(own, text)
      const [program, ...rest] = [...before, process.execPath, own, ...args]
      const { stdout } = await promisify(execFile)(program!, rest, { maxBuffer: 1 << 26 })
      return stdout
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}
