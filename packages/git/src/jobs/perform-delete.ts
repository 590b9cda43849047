import type { Committed, HandlerContext } from "@assay/core"
import { countCommits, removeAllFacts, removeSnapshots } from "../facts/remove-facts.js"
import type { FactScope } from "../facts/fact-scope.js"
import type { DeleteResult } from "./definitions.js"
import { mirrorId } from "./mirror-id.js"
import type { RepositoryJobsOptions } from "./repository-jobs.js"

/** Removes mirror, facts and, when nothing is left of it, the repository. May be run again at any point. */
export async function performDelete(
  context: HandlerContext<{ repositoryId: number }, DeleteResult>,
  { repositories, mirrors }: RepositoryJobsOptions,
): Promise<DeleteResult | Committed<DeleteResult>> {
  const { repositoryId } = context.input
  const repository = await repositories.get(repositoryId, context.tenant)
  if (!repository) return { removed: false }
  const scope: FactScope = {
    tenant: context.tenant,
    repositoryId,
    transaction: (write) => context.transaction(write),
  }

  await context.stage("removing facts")
  const total = await context.transaction((transaction) => countCommits(transaction, scope))
  let done = 0
  context.progress(0, total, "commits")
  await removeAllFacts(scope, (commits) => context.progress((done += commits), total, "commits"))

  await context.stage("removing mirror")
  await mirrors.remove(mirrorId(repository), { signal: context.signal })

  return context.commit(async (transaction) => {
    await removeSnapshots(transaction, scope)
    return { removed: await repositories.remove(repositoryId, transaction) }
  })
}
