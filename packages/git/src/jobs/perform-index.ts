import type { Committed, HandlerContext, Repository } from "@assay/core"
import { AssayError } from "@assay/core"
import { GitError } from "../errors.js"
import { clearLeftovers } from "../facts/clear-leftovers.js"
import type { FactScope } from "../facts/fact-scope.js"
import { hasSameTags } from "../facts/reached-tags.js"
import { factsFormat, publishSnapshot, readReadySnapshot, readUnfinishedSnapshot } from "../facts/snapshot-rows.js"
import type { ReadySnapshot } from "../facts/snapshot-rows.js"
import type { FetchResult } from "../mirror/mirrors.js"
import { buildSnapshot } from "./build-snapshot.js"
import type { IndexResult } from "./definitions.js"
import { fetchMirror, noCommit } from "./fetch-mirror.js"
import { mirrorId } from "./mirror-id.js"
import { createOneAtATime } from "./one-at-a-time.js"
import type { RepositoryJobsOptions } from "./repository-jobs.js"

export type IndexContext = Omit<HandlerContext<unknown, IndexResult>, "input">

/** Brings mirror and facts up to date with the remote, and publishes a snapshot if there is anything new. */
export async function performIndex(
  context: IndexContext,
  options: RepositoryJobsOptions,
  work: { repository: Repository; full: boolean },
): Promise<IndexResult | Committed<IndexResult>> {
  const { repository, full } = work
  const oneAtATime = createOneAtATime()
  const scope: FactScope = {
    tenant: context.tenant,
    repositoryId: repository.id,
    transaction: (write) => oneAtATime(() => context.transaction(write)),
  }
  const tell = (result: IndexResult): void => {
    const { commit, commits, contributors, files, unchanged } = result
    context.log.info({ commit, commits, contributors, files, unchanged }, "repository indexed")
  }
  context.log.info({ url: repository.url }, "indexing repository")

  const hasKnownTags = async ({ number }: ReadySnapshot, fetched: FetchResult | undefined): Promise<boolean> =>
    !fetched || hasSameTags(scope, fetched.mirror, { snapshot: number, signal: context.signal })

  const attempt = async (rebuild: boolean): Promise<IndexResult | Committed<IndexResult>> => {
    await context.stage("fetching")
    const { ready, unfinished } = await context.transaction(async (transaction) => ({
      ready: await readReadySnapshot(transaction, scope),
      unfinished: await readUnfinishedSnapshot(transaction, scope),
    }))
    const fetched = await fetchMirror(context, { ...options, repository, ready, rebuild })
    if (ready && !full && isUnchanged(ready, fetched) && (await hasKnownTags(ready, fetched))) {
      await clearLeftovers(scope, { ready: true, unfinished })
      const result = toResult(ready, { unchanged: true, added: 0, removed: 0 })
      tell(result)
      return result
    }
    const counts = await buildSnapshot(context, {
      ...{ scope, ready, unfinished, full, fetched },
      reading: {
        children: options.children,
        lines: options.lines ?? true,
        ledgerCheckpoint: options.ledgerCheckpoint,
      },
    })
    let result: IndexResult | undefined
    const committed = await context.commit(async (transaction) => {
      const snapshot = await publishSnapshot(transaction, scope)
      const published = await options.repositories.publish(repository.id, snapshot, transaction)
      if (!published) {
        throw new AssayError("REPOSITORY_NOT_FOUND", `There is no repository ${repository.id} any more.`)
      }
      if (fetched && published.defaultBranch !== fetched.branch && followsRemote(repository, published)) {
        await options.repositories.update(repository.id, { defaultBranch: fetched.branch }, transaction)
      }
      return (result = toResult(snapshot, { unchanged: false, ...counts }))
    })
    if (result) tell(result)
    return committed
  }

  const use = await options.mirrors.use(mirrorId(repository), { signal: context.signal })
  try {
    return await attempt(false)
  } catch (error) {
    if (!GitError.isInstance(error) || error.code !== "MIRROR_DAMAGED") throw error
    context.log.warn({ error }, "the mirror is damaged and is made anew")
    return await attempt(true)
  } finally {
    await use.release()
  }
}

/** Nobody has chosen another branch while the job ran. */
function followsRemote(before: Repository, now: Repository): boolean {
  return before.defaultBranch === now.defaultBranch
}

/** All that results depend on: the .mailmap is part of the commit. */
function isUnchanged(ready: ReadySnapshot, fetched: FetchResult | undefined): boolean {
  if (ready.format !== factsFormat) return false
  return fetched ? ready.commit === fetched.tip && ready.branch === fetched.branch : ready.commit === noCommit
}

function toResult(
  snapshot: Pick<ReadySnapshot, "number" | "commit" | "branch" | "totals">,
  counts: Pick<IndexResult, "unchanged" | "added" | "removed">,
): IndexResult {
  const { commits, contributors, files } = snapshot.totals
  return {
    snapshot: snapshot.number,
    commit: snapshot.commit,
    branch: snapshot.branch,
    commits,
    contributors,
    files,
    ...counts,
  }
}
