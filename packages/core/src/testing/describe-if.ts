import { describe } from "vitest"

/** Declares tests that not every implementation can pass; those of one that cannot are shown as skipped, with the reason. */
export function describeIf(supported: boolean, name: string, unsupported: string, declare: () => void): void {
  if (supported) describe(name, declare)
  else describe.skip(`${name} (skipped: ${unsupported})`, declare)
}
