import type { Database } from "@assay/core"
import type { IdentityFacts } from "./snapshot-facts.js"

/** Who the identities are in a snapshot, in the order of their ids. */
export async function readPeople(people: {
  database: Pick<Database, "query">
  repositoryId: number
  snapshot: number
}): Promise<IdentityFacts[]> {
  return people.database.query<IdentityFacts & Record<string, unknown>>(
    `select identities.id, identities.name, identities.email, people.person_id as "personId",
      people.name as "personName", people.email as "personEmail", people.bot
    from assay.people
    join assay.identities on identities.repository_id = $1 and identities.id = people.identity_id
    where people.repository_id = $1 and people.snapshot = $2 order by identities.id`,
    [people.repositoryId, people.snapshot],
  )
}
