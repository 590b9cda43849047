/** Asks until the answer is neither missing nor `false`; gives up after twenty-five seconds. */
export async function eventually<Value>(ask: () => Value | Promise<Value>): Promise<NonNullable<Value>> {
  const giveUpAt = Date.now() + 25_000
  for (;;) {
    const value = await ask()
    if (value !== undefined && value !== false && value !== null) return value as NonNullable<Value>
    if (Date.now() > giveUpAt) throw new Error("That did not happen within twenty-five seconds.")
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
