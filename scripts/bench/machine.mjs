import { execFileSync } from "node:child_process"
import { cpus, release, totalmem, type } from "node:os"

/** One line that says when and on what the numbers were taken. */
export function machine() {
  const processors = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const git = execFileSync("git", ["--version"], { encoding: "utf8" }).trim()
  const day = new Date().toISOString().slice(0, 10)
  return `${day} · ${processors.length} × ${processors[0]?.model.trim()} · ${memory} GiB · ${type()} ${release()} · Node ${process.versions.node} · ${git}`
}
