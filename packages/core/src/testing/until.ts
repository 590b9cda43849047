import { setTimeout } from "node:timers/promises"
import { expect } from "vitest"

/** Waits until `fact` holds, looking every few milliseconds; fails with `what` when it does not for ten seconds. */
export async function until(what: string, fact: () => boolean | Promise<boolean>, timeoutMs = 10_000): Promise<void> {
  const end = performance.now() + timeoutMs
  while (!(await fact())) {
    if (performance.now() > end) expect.fail(`Waited ${timeoutMs} ms in vain until ${what}.`)
    await setTimeout(5)
  }
}

/**
 * Gives something that must *not* happen time to happen. There is no fact to wait for, so this is the one place where the
 * suites wait for time; a longer wait only finds more faults, never fewer.
 */
export async function giveItTime(ms = 60): Promise<void> {
  await setTimeout(ms)
}

export interface Gate {
  readonly opened: Promise<void>
  open(): void
}

/** Holds something up until the test lets it go on. */
export function createGate(): Gate {
  let open = (): void => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}
