import type { Handler, HandlerContext, Repository, RepositoryReference, RepositoryStore, Worker } from "@assay/core"
import { AssayError } from "@assay/core"
import type { Mirrors } from "../mirror/mirrors.js"
import type { TrustedPrefix } from "../remote/trusted-prefix.js"
import { deleteRepository, indexRepository, updateRepository } from "./definitions.js"
import type { DeleteResult, IndexResult } from "./definitions.js"
import { performDelete } from "./perform-delete.js"
import { performIndex } from "./perform-index.js"

export interface RepositoryJobsOptions {
  /** On the same database as the job store, migrated with `gitMigrations`. */
  repositories: RepositoryStore
  mirrors: Mirrors
  /** The same as the mirrors': what the operator trusts. Default: nothing. */
  allow?: readonly TrustedPrefix[]
  /** Git processes that read one history at the same time. Default: one per processor, at most 4. */
  children?: number
  /** Whether lines are followed along the first parents, for burndown, age and survival. Default true. */
  lines?: boolean
  /** Commits of the first-parent chain after which what was counted of lines is written down. Default 10,000. */
  ledgerCheckpoint?: number
  /**
   * Told of each snapshot that this process has published, once readers see it: what to compute from it beforehand, say. Must
   * neither throw nor take long: the worker's place is free only afterwards.
   */
  onPublished?: (repository: RepositoryReference) => void
}

export interface RepositoryHandlers {
  index: Handler<{ repositoryId: number; full?: boolean | undefined }, IndexResult>
  update: Handler<{ repositoryId: number }, IndexResult>
  delete: Handler<{ repositoryId: number }, DeleteResult>
}

/**
 * The code for the definitions in `definitions.ts`. While an index or update runs it goes through these stages, each with
 * progress of its own, from 0 to its total:
 *
 * 1. `fetching`: objects, as git counts them
 * 2. `reading history`: commits, with their changes
 * 3. `following lines`: commits of the first-parent chain; left out where there is none to follow
 * 4. `reading files`: files at the commit
 * 5. `publishing`: steps
 *
 * Stages 2 to 4 are worked on at the same time, so a later one may be far on, or done, when it is told of.
 *
 * Readers see the snapshot before, until the whole new one is there. Whatever ends a run early leaves them with it.
 */
export function createRepositoryHandlers(options: RepositoryJobsOptions): RepositoryHandlers {
  return {
    index: async (context) => {
      const repository = await findRepository(options.repositories, context)
      return performIndex(context, options, { repository, full: context.input.full ?? false })
    },
    update: async (context) => {
      const repository = await findRepository(options.repositories, context)
      return performIndex(context, options, { repository, full: false })
    },
    delete: (context) => performDelete(context, options),
  }
}

/** Lets a worker index, update and delete repositories. */
export function registerRepositoryJobs(worker: Pick<Worker, "handle">, options: RepositoryJobsOptions): void {
  const handlers = createRepositoryHandlers(options)
  worker.handle(indexRepository, handlers.index)
  worker.handle(updateRepository, handlers.update)
  worker.handle(deleteRepository, handlers.delete)
}

async function findRepository(
  repositories: RepositoryStore,
  context: HandlerContext<{ repositoryId: number }, unknown>,
): Promise<Repository> {
  const repository = await repositories.get(context.input.repositoryId, context.tenant)
  if (!repository) {
    throw new AssayError("REPOSITORY_NOT_FOUND", `There is no repository ${context.input.repositoryId} any more.`)
  }
  return repository
}
