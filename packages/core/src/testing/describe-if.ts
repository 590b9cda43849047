import { describe, test } from "vitest"

/** Declares tests that not every implementation can pass. For one that cannot, a skipped test stands there with the reason. */
export function describeIf(supported: boolean, { name, otherwise }: Conditional, declare: () => void): void {
  if (supported) describe(name, declare)
  else test.skip(`${name} (skipped: ${otherwise})`)
}

interface Conditional {
  readonly name: string
  /** Why they are skipped where it is not supported. */
  readonly otherwise: string
}
