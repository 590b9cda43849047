import { setTimeout as pause } from "node:timers/promises"

/** What `look` returns as soon as that is true. Rejects after ten seconds. */
export async function eventually<Value>(look: () => Value | Promise<Value>, what = String(look)): Promise<Value> {
  const until = Date.now() + 10_000
  for (;;) {
    const value = await look()
    if (value) return value
    if (Date.now() > until) throw new Error(`It never came to be: ${what}`)
    await pause(5)
  }
}
