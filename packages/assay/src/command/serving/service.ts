import { assertSafeBinding, createHttpServer } from "@assay/http-adapter"
import type { Logger } from "@assay/core"
import type { FastifyInstance } from "fastify"
import type { Assay } from "../../assay.js"
import { assayOptions } from "../../assay-options.js"
import { createAssay } from "../../create-assay.js"
import { SetupError } from "../../errors.js"
import type { Settings } from "../../settings/settings-schema.js"
import { ownVersion } from "../../version.js"
import { closeServer, listen } from "./listen.js"
import { liveEvents } from "./live-events.js"

/** A service that runs: the parts, and what ends all of them. */
export interface Service {
  readonly assay: Assay
  /** Where the API answers; `undefined` for a process that only works. */
  readonly url: string | undefined
  close(options: { graceMs: number }): Promise<void>
}

const requestGraceMs = 5000

/** Starts what the settings say. Rejects, with everything closed again, when a part cannot be started. */
export async function startService(settings: Settings, logger: Logger): Promise<Service> {
  const { HOST: host, PORT: port, ASSAY_ROLE: role } = settings
  const access = { apiKeys: settings.ASSAY_API_KEYS ?? [], open: settings.ASSAY_OPEN }
  if (role !== "worker") assertSafeBinding({ host, ...access })
  if (role !== "all" && !/^postgres(ql)?:/i.test(settings.DATABASE_URL ?? "")) {
    throw new SetupError(
      "SETTINGS_INVALID",
      `The role ${role} needs a PostgreSQL server, because the embedded database is for one process.`,
      {
        hint: "Set DATABASE_URL=postgres://user:password@host:5432/database, or leave the role out to do everything in one process.",
      },
    )
  }
  const assay = await createAssay({ ...assayOptions(settings), logger })
  let server: FastifyInstance | undefined
  const close = async (graceMs: number): Promise<void> => {
    if (server) await closeServer(server, requestGraceMs)
    await assay.close({ graceMs })
  }
  try {
    let url: string | undefined
    if (role !== "worker") {
      server = await createHttpServer({
        ...assay.services,
        ...access,
        corsOrigins: settings.CORS_ORIGINS ?? [],
        bodyLimit: settings.BODY_LIMIT,
        version: ownVersion(),
        logger,
        extend: liveEvents(assay, { ...access, corsOrigins: settings.CORS_ORIGINS ?? [] }, logger),
      })
      url = await listen(server, host, port)
    }
    await assay.start()
    return { assay, url, close: ({ graceMs }) => close(graceMs) }
  } catch (error) {
    await close(0)
    throw error
  }
}
