import type { Assay, RepositoryJob } from "../../assay.js"
import { makeSample } from "../../sample/make-sample.js"
import { whyUnfit } from "../../sample/checkout-fitness.js"

export interface InitialWorkOptions {
  /** What the operator named on the command line. */
  repositories: readonly string[]
  /** A checkout to begin with where there is nothing yet. */
  firstRunSample: string | undefined
  /** Where the sample repository is made if that checkout will not do. */
  dataFolder: string
  token: string | undefined
  /** Says a sentence to whoever watches. */
  say: (sentence: string) => void
}

/** A job to show, and what to do instead if its repository turns out not to be readable. */
export interface InitialJob {
  readonly job: RepositoryJob
  readonly name: string
  instead?: () => Promise<InitialJob>
}

/**
 * What a service begins with: the repositories it was given; else what an earlier process left unfinished; else, where there
 * is nothing at all, something to look at.
 */
export async function beginWork(assay: Assay, options: InitialWorkOptions): Promise<InitialJob[]> {
  const { repositories, firstRunSample, token, say } = options
  const trusted = { trusted: true, ...(token === undefined ? {} : { token }) }
  if (repositories.length > 0) {
    const jobs = []
    for (const url of repositories) jobs.push(await named(assay, await assay.analyze(url, trusted)))
    return jobs
  }
  const unfinished = await unfinishedJobs(assay)
  if (unfinished.length > 0) {
    say("Going on with what was left unfinished.")
    return unfinished
  }
  if (firstRunSample === undefined || !(await isEmpty(assay))) return []
  const reason = whyUnfit(firstRunSample)
  if (reason !== undefined) {
    say(`${firstRunSample} ${reason}, so there is nothing here to index.`)
    return [await sample(assay, options)]
  }
  say(`There is nothing here yet, so this checkout is indexed: ${firstRunSample}`)
  const first = await named(assay, await assay.analyze(firstRunSample, { trusted: true }))
  const instead = async (): Promise<InitialJob> => {
    await assay.remove(first.job.repositoryId)
    return sample(assay, options)
  }
  return [{ ...first, instead }]
}

async function sample(assay: Assay, { dataFolder, say }: InitialWorkOptions): Promise<InitialJob> {
  say("A small sample repository is made instead. Give a repository of your own: npm start -- <url or path>")
  const path = await makeSample(assay.mirrors.git, dataFolder)
  return named(assay, await assay.analyze(path, { trusted: true }))
}

async function named(assay: Assay, job: RepositoryJob): Promise<InitialJob> {
  const repository = await assay.repositories.get(job.repositoryId, assay.client.tenant)
  return { job, name: repository?.name ?? `repository ${job.repositoryId}` }
}

async function unfinishedJobs(assay: Assay): Promise<InitialJob[]> {
  const { jobs } = await assay.client.list({
    states: ["scheduled", "queued", "running"],
    types: ["repository.index", "repository.update"],
  })
  const found: InitialJob[] = []
  for (const { repositoryId } of jobs.toReversed()) {
    if (repositoryId === undefined || found.some(({ job }) => job.repositoryId === repositoryId)) continue
    const repository = await assay.repositories.get(repositoryId, assay.client.tenant)
    if (repository) found.push({ job: await assay.index(repository), name: repository.name })
  }
  return found
}

async function isEmpty(assay: Assay): Promise<boolean> {
  if ((await assay.repositories.count(assay.client.tenant)) > 0) return false
  return (await assay.client.list({ limit: 1 })).jobs.length === 0
}
