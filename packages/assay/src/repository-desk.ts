import { AssayError } from "@assay/core"
import type {
  Client,
  EnqueueOptions,
  InsightReader,
  JobHandle,
  JobStore,
  Repository,
  RepositoryStore,
  StatisticsReader,
  Transaction,
} from "@assay/core"
import { deleteRepository, indexRepository, parseRemoteUrl, updateRepository } from "@assay/git"
import type { RemoteUrl, RepositorySummary, TrustedPrefix } from "@assay/git"
import type { Assay, RegisterOptions, RepositoryJob, WorkOptions } from "./assay.js"
import { createRepositoryResults } from "./repository-results.js"

export interface RepositoryDeskOptions {
  client: Client
  store: JobStore
  repositories: RepositoryStore
  statistics: StatisticsReader
  insights: InsightReader
  summary: (repository: Repository) => Promise<RepositorySummary>
  allow: readonly TrustedPrefix[]
  /** Resolves when work is taken up. */
  started: () => Promise<void>
  /** Rings for jobs that became visible with a transaction. */
  sweep: () => Promise<unknown>
}

/** Where repositories are registered and work on them is asked for. */
export function createRepositoryDesk(
  options: RepositoryDeskOptions,
): Pick<Assay, "register" | "index" | "remove" | "analyze" | "results"> {
  const { client, repositories, allow } = options
  const { tenant } = client

  async function find(repository: Repository | number): Promise<Repository> {
    const id = typeof repository === "number" ? repository : repository.id
    const found = await repositories.get(id, tenant)
    if (!found) throw new AssayError("REPOSITORY_NOT_FOUND", `There is no repository ${id}.`)
    return found
  }

  /** What is registered for a URL. A branch that is asked for is remembered. */
  async function look({ key }: RemoteUrl, { branch }: RegisterOptions): Promise<Known | undefined> {
    const known = await repositories.findByKey(key, tenant)
    if (!known) return undefined
    const moved = branch !== undefined && branch !== known.defaultBranch
    const repository = moved ? await repositories.update(known.id, { defaultBranch: branch }) : known
    return repository && { repository, moved }
  }

  function create(remote: RemoteUrl, { branch }: RegisterOptions, transaction?: Transaction): Promise<Repository> {
    const { url, key, name, trusted } = remote
    const defaultBranch = branch === undefined ? {} : { defaultBranch: branch }
    return repositories.create({ tenant, url, key, name, trusted, ...defaultBranch }, transaction)
  }

  /** Somebody else may register the same at the same moment; then theirs is the one. */
  async function again<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work()
    } catch (error) {
      if (AssayError.isInstance(error) && error.code === "REPOSITORY_EXISTS") return work()
      throw error
    }
  }

  function jobOf(handle: Pick<JobHandle, keyof JobHandle>, repositoryId: number): RepositoryJob {
    return {
      ...handle,
      repositoryId,
      async result(resultOptions) {
        await handle.result(resultOptions)
        return createRepositoryResults(await find(repositoryId), options)
      },
    }
  }

  /** A job that reads this repository and is not done yet. */
  async function unfinished(repository: Repository): Promise<RepositoryJob | undefined> {
    const { jobs } = await client.list({
      repositoryId: repository.id,
      states: ["scheduled", "queued", "running"],
      types: [indexRepository.type, updateRepository.type],
      limit: 1,
    })
    const job = jobs.find(({ cancelRequestedAt }) => cancelRequestedAt === undefined)
    return job && jobOf({ ...client.job(job.id), deduplicated: true }, repository.id)
  }

  async function enqueue(repository: Repository, enqueueOptions: EnqueueOptions): Promise<RepositoryJob> {
    const definition = repository.snapshot ? updateRepository : indexRepository
    return jobOf(await client.enqueue(definition, { repositoryId: repository.id }, enqueueOptions), repository.id)
  }

  /** Joins what is being read already, unless there is something new to say. */
  async function ask({ repository, moved }: Known, { token }: WorkOptions): Promise<RepositoryJob> {
    if (token !== undefined) return enqueue(repository, { secrets: { token } })
    return (moved ? undefined : await unfinished(repository)) ?? enqueue(repository, {})
  }

  return {
    async register(url, { trusted = false, ...registerOptions } = {}) {
      const remote = parseRemoteUrl(url, { allow, trusted })
      return again(async () => (await look(remote, registerOptions))?.repository ?? create(remote, registerOptions))
    },

    async index(repository, workOptions = {}) {
      const found = await find(repository)
      await options.started()
      return ask({ repository: found, moved: false }, workOptions)
    },

    async remove(repository) {
      const { id } = await find(repository)
      await options.started()
      return client.enqueue(deleteRepository, { repositoryId: id })
    },

    async analyze(url, { token, trusted = false, ...registerOptions } = {}) {
      const remote = parseRemoteUrl(url, { allow, trusted })
      const secrets = token === undefined ? {} : { secrets: { token } }
      await options.started()
      return again(async () => {
        const known = await look(remote, registerOptions)
        if (known) return ask(known, token === undefined ? {} : { token })
        // A repository that appeared without its job would wait for somebody to notice.
        const job = await options.store.transaction(async (tx) =>
          enqueue(await create(remote, registerOptions, tx), { tx, ...secrets }),
        )
        await options.sweep()
        return job
      })
    },

    results: async (repository) => createRepositoryResults(await find(repository), options),
  }
}

interface Known {
  readonly repository: Repository
  /** Another branch than before was asked for. */
  readonly moved: boolean
}
