import { checkMailmap } from "../history/check-mailmap.js"
import type { Mirror } from "../mirror/mirror.js"
import type { FactScope } from "./fact-scope.js"
import { repeated } from "./fact-scope.js"
import { readIdentities } from "./identity-ids.js"
import { isBot, personKey } from "./person.js"

/**
 * Says for every identity of the repository which person it belongs to in the snapshot `snapshot`. All anew for each
 * snapshot, since a .mailmap may change who anybody is. A repository without commits has no `tip`, and nobody in it.
 */
export async function writePeople(
  scope: FactScope,
  mirror: Mirror,
  options: { snapshot: number; tip: string; signal?: AbortSignal | undefined },
): Promise<void> {
  const { tip, signal } = options
  const personIds = new Map<string, number>()
  for await (const identities of readIdentities(scope)) {
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
          repeated(options.snapshot, people.length),
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
