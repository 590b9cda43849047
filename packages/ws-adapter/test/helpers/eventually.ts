import { setTimeout as pause } from "node:timers/promises"

type Truthy<Value> = Exclude<Value, undefined | null | false>

/** What `look` returns as soon as that is true. Rejects after ten seconds. */
export async function eventually<Value>(
  look: () => Value | Promise<Value>,
  what = String(look),
): Promise<Truthy<Value>> {
  const until = Date.now() + 10_000
  for (;;) {
    const value = await look()
    if (value) return value as Truthy<Value>
    if (Date.now() > until) throw new Error(`It never came to be: ${what}`)
    await pause(5)
  }
}
