import { spawn } from "node:child_process"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { build } from "tsup"
import { ensureSnapshot } from "../../src/pglite/snapshot.js"

const packageFolder = new URL("../..", import.meta.url).pathname

/** The sources of this package, and of core, as one file that a child process can import. */
export interface BundledSources {
  /** Runs `script`, which finds their exports in `assay`, and talks by lines: `say("…")`, and `send` to it. */
  start(script: string): Child
  remove(): void
}

export interface Child {
  process: ChildProcess
  /** The next line it says. Rejects with what it wrote to stderr when it ends instead. */
  nextLine(): Promise<string>
  send(line: string): void
  kill(): Promise<void>
}

/** Without `pglite`, the children can open a server only: what PGlite starts from takes longest. */
export async function bundleSources({ pglite = true } = {}): Promise<BundledSources> {
  // Inside the package, so that `pg` and PGlite are found.
  const folder = mkdtempSync(join(packageFolder, "node_modules", ".bundle-"))
  if (pglite) await ensureSnapshot(folder)
  const entry = join(folder, "entry.ts")
  writeFileSync(
    entry,
    `export * from "../../src/index.js"\nexport * from "@assay/core"\nexport { withFaultPoints } from "@assay/core/testing"\n`,
  )
  await build({
    entry: { index: entry },
    outDir: folder,
    format: "esm",
    config: false,
    silent: true,
    dts: false,
    clean: false,
    noExternal: [/^@assay\//],
    external: ["pg", "@electric-sql/pglite", "vitest", "fast-check"],
    outExtension: () => ({ js: ".mjs" }),
    esbuildOptions: (options) => {
      options.conditions = ["@assay/source"]
    },
  })
  let scripts = 0
  return {
    start(script) {
      const file = join(folder, `script-${scripts++}.mjs`)
      writeFileSync(
        file,
        `import * as assay from "./index.mjs"
        import { createInterface } from "node:readline"
        const say = (text) => process.stdout.write(text + "\\n")
        const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
        const nextLine = async () => (await lines.next()).value
        ${script}`,
      )
      return startChild(file)
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function startChild(file: string): Child {
  const child = spawn(process.execPath, [file], { stdio: ["pipe", "pipe", "pipe"] })
  let errors = ""
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    process: child,
    async nextLine() {
      const { value, done } = await lines.next()
      if (done) throw new Error(`The child process ended: ${errors}`)
      return value
    },
    send: (line) => void child.stdin.write(`${line}\n`),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, "exit")
      child.kill("SIGKILL")
      await gone
    },
  }
}
