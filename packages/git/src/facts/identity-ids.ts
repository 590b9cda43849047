import type { Identity } from "../parse/parse-log.js"
import type { FactScope } from "./fact-scope.js"
import { repeated } from "./fact-scope.js"

/** Gives identities the small numbers by which commits refer to them. For one job at a time. */
export interface IdentityIds {
  /** Adds those that have no id yet, in a transaction if there are any. */
  add(identities: Iterable<Identity>): Promise<void>
  /** The id of an identity that was added. */
  get(identity: Identity): number
}

const rowsPerQuery = 10_000

/** Knows all identities of the repository: they are few compared with commits, and needed all when people are counted. */
export async function createIdentityIds(scope: FactScope): Promise<IdentityIds> {
  const { tenant, repositoryId } = scope
  const known = new Map<string, number>()
  let lastId = 0
  for await (const rows of readIdentities(scope)) {
    for (const row of rows) known.set(keyOf(row), (lastId = row.id))
  }

  return {
    async add(identities) {
      const fresh = new Map<string, Identity>()
      for (const identity of identities) {
        const key = keyOf(identity)
        if (!known.has(key)) fresh.set(key, identity)
      }
      if (fresh.size === 0) return
      const added = [...fresh]
      const ids = added.map(() => ++lastId)
      added.forEach(([key], index) => known.set(key, ids[index]!))
      await scope.transaction((transaction) =>
        transaction.insertColumns({
          table: "assay.identities",
          columns: { tenant: "text", repository_id: "int", id: "int", name: "text", email: "text" },
          values: [
            repeated(tenant, ids.length),
            repeated(repositoryId, ids.length),
            ids,
            added.map(([, { name }]) => name),
            added.map(([, { email }]) => email),
          ],
        }),
      )
    },
    get: (identity) => known.get(keyOf(identity))!,
  }
}

export interface StoredIdentity extends Identity {
  id: number
}

/** All identities of the repository with higher ids than `after`, in the order of their ids, some thousand at a time. */
export async function* readIdentities(scope: FactScope, after = 0): AsyncGenerator<StoredIdentity[], void, undefined> {
  let last = after
  for (;;) {
    const rows = await scope.transaction((transaction) =>
      transaction.query<StoredIdentity>(
        `select id, name, email from assay.identities where repository_id = $1 and id > $2
        order by id limit ${rowsPerQuery}`,
        [scope.repositoryId, last],
      ),
    )
    if (rows.length > 0) yield rows
    if (rows.length < rowsPerQuery) return
    last = rows.at(-1)!.id
  }
}

/** Neither part can hold a NUL. */
function keyOf({ name, email }: Identity): string {
  return `${name}\0${email}`
}
