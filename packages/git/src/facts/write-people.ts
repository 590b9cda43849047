import { checkMailmap } from "../history/check-mailmap.js"
import type { Mirror } from "../mirror/mirror.js"
import type { FactScope } from "./fact-scope.js"
import { repeated } from "./fact-scope.js"
import { readIdentities } from "./identity-ids.js"
import { isBot, personKey } from "./person.js"

export interface PeopleOptions {
  snapshot: number
  tip: string
  /** The number of an earlier snapshot with the same `.mailmap`; `undefined` asks who everybody is. */
  before: number | undefined
  signal?: AbortSignal | undefined
}

/**
 * Says for every identity of the repository which person it belongs to in the snapshot. A .mailmap may change who anybody is;
 * while it stays as it is, those who are known stay who they are, and only the others are asked for.
 */
export async function writePeople(scope: FactScope, mirror: Mirror, options: PeopleOptions): Promise<void> {
  const { snapshot, tip, signal } = options
  const personIds = new Map<string, number>()
  let last = 0
  if (options.before !== undefined) {
    last = await copyPeople(scope, { from: options.before, to: snapshot })
    for (const [key, id] of await readPersonIds(scope, snapshot)) personIds.set(key, id)
  }
  for await (const identities of readIdentities(scope, last)) {
    const mapped = await checkMailmap(mirror, identities, { tip, signal })
    const people = identities.map(({ id }, index) => {
      const key = personKey(mapped[index]!)
      // The lowest id of a person's identities, which stays the same as others come.
      if (!personIds.has(key)) personIds.set(key, id)
      return personIds.get(key)!
    })
    await scope.transaction((transaction) =>
      transaction.insertColumns({
        table: "assay.people",
        columns: {
          tenant: "text",
          repository_id: "int",
          snapshot: "int",
          identity_id: "int",
          person_id: "int",
          name: "text",
          email: "text",
          bot: "boolean",
        },
        values: [
          repeated(scope.tenant, people.length),
          repeated(scope.repositoryId, people.length),
          repeated(snapshot, people.length),
          identities.map(({ id }) => id),
          people,
          mapped.map(({ name }) => name),
          mapped.map((identity) => personKey(identity)),
          mapped.map(isBot),
        ],
      }),
    )
  }
}

/** Takes people over from an earlier snapshot, and returns the last identity that was in it. */
async function copyPeople(scope: FactScope, { from, to }: { from: number; to: number }): Promise<number> {
  const [row] = await scope.transaction((transaction) =>
    transaction.query<{ last: number }>(
      `with copied as (
        insert into assay.people (tenant, repository_id, snapshot, identity_id, person_id, name, email, bot)
        select tenant, repository_id, $3, identity_id, person_id, name, email, bot
        from assay.people where repository_id = $1 and snapshot = $2
        returning identity_id
      )
      select coalesce(max(identity_id), 0) as last from copied`,
      [scope.repositoryId, from, to],
    ),
  )
  return row!.last
}

async function readPersonIds(scope: FactScope, snapshot: number): Promise<[string, number][]> {
  const rows = await scope.transaction((transaction) =>
    transaction.query<{ email: string; id: number }>(
      "select distinct email, person_id as id from assay.people where repository_id = $1 and snapshot = $2",
      [scope.repositoryId, snapshot],
    ),
  )
  return rows.map(({ email, id }) => [email, id])
}
