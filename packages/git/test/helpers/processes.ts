import { readFileSync, readdirSync } from "node:fs"

export interface RunningProcess {
  id: number
  /** Its arguments and its environment, as anybody of the same user can read them. */
  arguments: string
  environment: string
}

/** All processes of this machine but this one. */
export function runningProcesses(): RunningProcess[] {
  const read = (id: number, file: string): string => {
    try {
      return readFileSync(`/proc/${id}/${file}`, "latin1")
    } catch {
      return ""
    }
  }
  return readdirSync("/proc")
    .map(Number)
    .filter((id) => id > 0 && id !== process.pid)
    .map((id) => ({ id, arguments: read(id, "cmdline"), environment: read(id, "environ") }))
}

/** The arguments of the processes that mention a text in them. */
export function processesWith(text: string): string[] {
  return runningProcesses()
    .map((running) => running.arguments)
    .filter((command) => command.includes(text))
}
