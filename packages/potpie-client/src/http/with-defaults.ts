/**
 * Numbers over other numbers; what is undefined does not count.
 *
 * @throws TypeError for anything but a number from 0 on.
 */
export function withDefaults<T extends { [Name in keyof T]: number }>(defaults: T, given: Partial<T> = {}): T {
  const entries = Object.entries<number | undefined>(given).filter(([, value]) => value !== undefined)
  for (const [name, value] of entries) {
    if (!(typeof value === "number" && value >= 0)) throw new TypeError(`${name} must be a number that is not below 0.`)
  }
  return { ...defaults, ...Object.fromEntries(entries) }
}
