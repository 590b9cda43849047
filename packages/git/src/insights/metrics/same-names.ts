import type { People } from "../people.js"
import { compareBytes } from "../people.js"

export interface SameName {
  readonly name: string
  /** The addresses of those who are called so. */
  readonly emails: readonly string[]
}

/** People who may be one, because they have one name: for somebody to decide. Nobody is ever joined by this. */
export function findSameNames(people: People, counts: (person: number) => boolean): SameName[] {
  const byName = new Map<string, number[]>()
  for (let person = 0; person < people.length; person++) {
    const name = people.name[person]!.normalize("NFC").trim().replaceAll(/\s+/g, " ").toLowerCase()
    if (name === "" || !counts(person)) continue
    const same = byName.get(name)
    if (same) same.push(person)
    else byName.set(name, [person])
  }
  return [...byName.values()]
    .filter((same) => same.length > 1)
    .map((same) => ({ name: people.name[same[0]!]!, emails: same.map((person) => people.email[person]!) }))
    .sort((left, right) => compareBytes(left.name, right.name) || compareBytes(left.emails[0]!, right.emails[0]!))
}
