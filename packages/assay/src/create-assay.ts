import { randomBytes } from "node:crypto"
import { join } from "node:path"
import { createRuntime, createSealer } from "@assay/core"
import type { Sealer } from "@assay/core"
import {
  createMirrors,
  createStatisticsReader,
  createSummaryReader,
  deleteRepository,
  indexRepository,
  parseRemoteUrl,
  registerRepositoryJobs,
  updateRepository,
} from "@assay/git"
import type { Services } from "@assay/http-adapter"
import { createEventHub } from "@assay/ws-adapter"
import type { Assay } from "./assay.js"
import type { AssayOptions } from "./assay-options.js"
import { openParts } from "./parts.js"
import { createRepositoryDesk } from "./repository-desk.js"
import { secretKeyOf } from "./secret-key.js"

/**
 * Everything in one object, on embedded defaults: a database in `.assay`, a queue in this process, the machine's own git.
 * Options grow it up; nothing else of a program changes.
 */
export async function createAssay(options: AssayOptions = {}): Promise<Assay> {
  const { tenant = "default", role = "all", logger, git: { allow = [], ...gitSettings } = {} } = options
  const dataFolder = options.dataFolder ?? ".assay"
  const parts = await openParts({ ...options, dataFolder })
  try {
    const { database, store, repositories, queue, notifier } = parts
    const mirrors = createMirrors({ root: options.mirrorsFolder ?? join(dataFolder, "mirrors"), allow, ...gitSettings })
    if (mirrors.git.warning !== undefined) logger?.warn({}, mirrors.git.warning)
    const runtime = createRuntime({
      ...{ store, queue, notifier, tenant, role },
      sealer: await createOwnSealer(options, dataFolder),
      ...(logger ? { logger } : {}),
      ...(options.concurrency === undefined ? {} : { concurrency: options.concurrency }),
      ...(options.leaseMs === undefined ? {} : { leaseMs: options.leaseMs }),
    })
    registerRepositoryJobs(runtime.worker, { repositories, mirrors, allow })
    const { client } = runtime
    const hub = createEventHub({ reader: store, notifier, ...(logger ? { logger } : {}) })
    const statistics = createStatisticsReader({ database, repositories })
    const services: Services = {
      client,
      repositories,
      statistics,
      definitions: { index: indexRepository, update: updateRepository, delete: deleteRepository },
      parseRepositoryUrl: (text) => parseRemoteUrl(text, { allow }),
    }

    let starting: Promise<void> | undefined
    let closing: Promise<void> | undefined
    async function start(): Promise<void> {
      // What a process that was killed left half made; nobody else takes it away.
      if (role !== "api") await mirrors.sweep()
      await runtime.start()
    }
    const startOnce = (): Promise<void> => (starting ??= start())
    async function close(graceMs: number): Promise<void> {
      await starting?.catch(() => {})
      await hub.close()
      await runtime.stop({ graceMs })
      await parts.close()
    }

    const assay: Assay = {
      ...{ client, repositories, statistics, database, mirrors, services, hub },
      ...createRepositoryDesk({
        ...{ client, store, repositories, statistics, allow },
        summary: createSummaryReader({ database, repositories }),
        started: startOnce,
        sweep: () => runtime.recovery.sweep(),
      }),
      handle: (definition, handler) => runtime.worker.handle(definition, handler),
      start: startOnce,
      close: ({ graceMs = 20_000 } = {}) => (closing ??= close(graceMs)),
      [Symbol.asyncDispose]: () => assay.close(),
    }
    return assay
  } catch (error) {
    await parts.close()
    throw error
  }
}

async function createOwnSealer(options: AssayOptions, dataFolder: string): Promise<Sealer> {
  const { secretKey, previousSecretKeys } = options
  if (secretKey !== undefined) return createSealer(secretKey, previousSecretKeys)
  // What is not kept needs no key that is.
  const isKept = options.database !== undefined || !/^memory:/.test(options.databaseUrl ?? "")
  return createSealer(isKept ? await secretKeyOf(dataFolder) : randomBytes(32), previousSecretKeys)
}
