import { execFile } from "node:child_process"

export interface Ended {
  readonly code: number | string | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs Node to its end and tells how it went, also when it failed. */
export function runNode(args: string[], options: { cwd: string; env?: NodeJS.ProcessEnv }): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { ...options, encoding: "utf8" }, (error, stdout, stderr) => {
      resolve({ code: error ? (error.code ?? null) : 0, signal: error?.signal ?? null, stdout, stderr })
    })
  })
}
