import type { Logger } from "@assay/core"
import { createAuthorize } from "@assay/http-adapter"
import type { AccessOptions } from "@assay/http-adapter"
import { wsAdapter } from "@assay/ws-adapter"
import type { FastifyInstance } from "fastify"
import type { Assay } from "../../assay.js"
import { ownVersion } from "../../version.js"

/** Serves the events of the jobs beside the API, to those whom the API would answer. */
export function liveEvents(
  { hub, client }: Assay,
  access: AccessOptions,
  logger: Logger,
): (app: FastifyInstance) => Promise<void> {
  const authorize = createAuthorize({ ...access, tenant: client.tenant })
  return async (app) => {
    await app.register(wsAdapter, {
      ...{ hub, authorize, logger },
      corsOrigins: access.corsOrigins ?? [],
      version: ownVersion(),
    })
  }
}
