import { execFile, execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { onTestFinished } from "vitest"

const scripts = new URL("../../../../scripts/bootstrap/", import.meta.url)

/** Examples run on built packages, as everybody else's programs do. `npm test` has built them already. */
export async function buildPackages(): Promise<void> {
  const { oneAtATime } = await import(new URL("one-at-a-time.mjs", scripts).href)
  const { buildPackages: build } = await import(new URL("build-packages.mjs", scripts).href)
  await oneAtATime(() => build({ types: false }))
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "assay-example-"))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  return folder
}

/** Three commits by one person. */
export function makeRepository(folder: string): string {
  mkdirSync(folder)
  const git = (...args: string[]): void => {
    execFileSync("git", ["-C", folder, "-c", "user.name=Ada", "-c", "user.email=ada@example.org", ...args], {
      stdio: "pipe",
    })
  }
  git("init", "--quiet", "--initial-branch=main")
  for (const number of [1, 2, 3]) {
    writeFileSync(join(folder, "lamp.ts"), `export const lamp = ${number}\n`.repeat(number))
    git("add", ".")
    git("commit", "--quiet", `--message=commit ${number}`)
  }
  return folder
}

export function runScript(
  script: string,
  args: readonly string[],
  cwd: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr })
    })
  })
}
