import { AssayError, InvalidInputError } from "@assay/core"
import type { Analyses, JobHandle, Repository } from "@assay/core"
import type { AnalysisInput } from "../jobs/definitions.js"
import { addAnalysis } from "../rows/analysis-rows.js"
import type { AnalysesOptions, ParsedRepository } from "./create-analyses.js"

type Request = Parameters<Analyses["request"]>[0]
type RequestOptions = Parameters<Analyses["request"]>[1]

/** Registers the repository if it is not, enqueues the job and adds its row: all of it, or nothing. */
export async function requestAnalysis(
  options: AnalysesOptions,
  request: Request,
  { tenant, idempotencyKey }: RequestOptions,
): ReturnType<Analyses["request"]> {
  const remote = options.parseRepositoryUrl(request.repo)
  if (!/^[^/\s]+\/[^/\s]+$/.test(remote.name)) {
    throw new InvalidInputError("The request", [
      { path: ["repo"], message: "Potpie knows repositories as owner/repo only" },
    ])
  }
  const { repositories, store, definition } = options
  const client = options.client.forTenant(tenant)
  const hasToken = request.token !== undefined && request.token !== ""

  async function attempt(): Promise<{ handle: JobHandle<unknown>; repositoryId: number }> {
    const known = await repositories.findByKey(remote.key, tenant)
    return store.transaction(async (tx) => {
      const repository = known ?? (await repositories.create(toNewRepository(remote, tenant), tx))
      const input = toInput(repository, remote, request)
      const handle = await client.enqueue(definition, input, {
        tx,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
        ...(hasToken ? { secrets: { token: request.token ?? "" } } : {}),
      })
      if (!handle.deduplicated) await addAnalysis(tx, { id: handle.id, tenant, input, hasToken })
      return { handle, repositoryId: repository.id }
    })
  }

  await options.started?.()
  const { handle, repositoryId } = await again(attempt)
  await options.sweep?.()
  return { id: handle.id, repositoryId, deduplicated: handle.deduplicated }
}

function toInput(repository: Repository, remote: ParsedRepository, request: Request): AnalysisInput {
  const question = request.question?.trim()
  return {
    repositoryId: repository.id,
    repo: remote.name,
    branch: request.branch?.trim() || "main",
    ...(question ? { question } : {}),
  }
}

function toNewRepository({ url, key, name, trusted = false }: ParsedRepository, tenant: string) {
  return { tenant, url, key, name, trusted }
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
