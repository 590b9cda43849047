import { spawnSync } from "node:child_process"
import { describe, test } from "vitest"

/** Those of `programs` that this machine does not have, in words; empty when it has all of them. */
export function missing(programs: readonly string[]): string {
  const absent = programs.filter((program) => spawnSync(program, ["--version"], { stdio: "ignore" }).error)
  return absent.length === 0 ? "" : `${absent.join(" and ")} cannot be run here`
}

/** For tests that start servers of their own: the run may have been given one by its URL or by Docker. */
export function describeIfInstalled(
  name: string,
  { programs, concurrent = false }: { programs: readonly string[]; concurrent?: boolean },
  declare: () => void,
): void {
  const reason = missing(programs)
  if (reason) test.skip(`${name} (skipped: ${reason})`)
  else describe(name, { concurrent }, declare)
}
