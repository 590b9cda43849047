/** `halfLifeDays` as `half_life_days`: how programs are told names. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
