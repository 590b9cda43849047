import { readFileSync, readdirSync } from "node:fs"

/** Processes of this machine that mention a text in their arguments. */
export function processesWith(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, "latin1")
      } catch {
        return ""
      }
    })
    .filter((command) => command.includes(text))
}
