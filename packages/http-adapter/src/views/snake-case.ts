/** `minShared` as `min_shared`: how this API spells the names of what it sends. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** `min_shared` as `minShared`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase())
}

/** The members with their names in snake_case; what is in them is data, and stays as it is. */
export function snakeCaseMembers<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [snakeCase(name), value]))
}
