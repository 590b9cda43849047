import type { IdentityFacts } from "../facts/snapshot-facts.js"
import type { Aliases } from "./aliases.js"

/** The people of a snapshot, in columns. A person is a position. */
export interface People {
  readonly length: number
  /** Lower case, and what a person is known by: no two people have the same. */
  readonly email: readonly string[]
  readonly name: readonly string[]
  readonly bot: Uint8Array
  /** The identities of each. */
  readonly identities: readonly (readonly IdentityFacts[])[]
  /** Of an identity. */
  positionOf(identityId: number): number
}

export interface PeopleOptions {
  /** The operator's own, applied to what the .mailmap of the repository made of the identities. */
  readonly aliases?: Aliases | undefined
  /** Names or addresses of further programs that commit. */
  readonly extraBots?: readonly RegExp[] | undefined
  /** Non-merge commits of each identity. A person is called by the name that most of them have. */
  readonly commitsOf: (identityId: number) => number
}

/**
 * Joins identities into people by the address that the .mailmap, and then the operator's aliases, lead to. Equal names do not make
 * one person: two may be called Alex.
 */
export function gatherPeople(identities: readonly IdentityFacts[], options: PeopleOptions): People {
  const { aliases, extraBots = [], commitsOf } = options
  const groups = new Map<string, { names: Map<string, number>; bot: boolean; identities: IdentityFacts[] }>()
  for (const identity of identities) {
    const { name, email } = aliases?.resolve(identity.personName, identity.personEmail) ?? {
      name: identity.personName,
      email: identity.personEmail,
    }
    const key = email.toLowerCase()
    let group = groups.get(key)
    if (!group) groups.set(key, (group = { names: new Map(), bot: false, identities: [] }))
    group.identities.push(identity)
    group.names.set(name, (group.names.get(name) ?? 0) + commitsOf(identity.id))
    if (identity.bot || extraBots.some((bot) => bot.test(name) || bot.test(key))) group.bot = true
  }
  const sorted = [...groups].sort(([left], [right]) => compareBytes(left, right))
  // They are counted from 1, so that a column is no larger than a table, and is asked once for each commit.
  const positions = new Int32Array(identities.reduce((most, { id }) => Math.max(most, id), 0) + 1).fill(-1)
  for (const [position, [, group]] of sorted.entries()) {
    for (const { id } of group.identities) positions[id] = position
  }
  return {
    length: sorted.length,
    email: sorted.map(([email]) => email),
    name: sorted.map(([, { names }]) => mostUsed(names)),
    bot: Uint8Array.from(sorted, ([, { bot }]) => (bot ? 1 : 0)),
    identities: sorted.map(([, group]) => group.identities),
    positionOf(identityId) {
      const position = positions[identityId]
      if (position === undefined || position < 0)
        throw new Error(`There is no identity ${identityId} among those of the snapshot.`)
      return position
    },
  }
}

/** As their UTF-8 bytes compare, whatever the locale. */
export function compareBytes(left: string, right: string): number {
  if (left === right) return 0
  const end = Math.min(left.length, right.length)
  for (let at = 0; at < end; at++) {
    const one = left.charCodeAt(at)
    const other = right.charCodeAt(at)
    if (one === other) continue
    // Surrogates stand for what comes after all other code units.
    const late = isSurrogate(one) ? 1 : 0
    const otherLate = isSurrogate(other) ? 1 : 0
    return late - otherLate || one - other
  }
  return left.length - right.length
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code < 0xe000
}

function mostUsed(names: ReadonlyMap<string, number>): string {
  const [first] = [...names].sort(([left, few], [right, many]) => many - few || compareBytes(left, right))
  return first![0]
}
