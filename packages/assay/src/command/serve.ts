import { once } from "node:events"
import { AssayError } from "@assay/core"
import type { Logger } from "@assay/core"
import { parseRemoteUrl } from "@assay/git"
import { createJobProgress } from "../output/job-progress.js"
import { createJsonLogger, createLineLogger } from "../output/logger.js"
import { createLogProgress } from "../output/log-progress.js"
import { readRedisConnection } from "../settings/read-redis-connection.js"
import { readSettings } from "../settings/read-settings.js"
import type { Settings } from "../settings/settings-schema.js"
import { ownVersion } from "../version.js"
import type { Console } from "./console.js"
import { listenForInterruption } from "./interruption.js"
import { openInBrowser } from "./serving/open-in-browser.js"
import { startService } from "./serving/service.js"
import type { Service } from "./serving/service.js"
import { showInitialWork } from "./serving/show-initial-work.js"

export interface ServeOptions {
  port?: string
  host?: string
  role?: string
  dataDir?: string
  databaseUrl?: string
  redisUrl?: string
  logLevel?: string
  open?: boolean
  color?: boolean
  firstRunSample?: string
}

/** All in all a service is gone within 25 seconds of being asked: what stops it by force usually waits 30. */
const longestStopMs = 24_000

/** `assay serve`: the service, from its start to the signal that ends it. */
export async function serve(repositories: readonly string[], options: ServeOptions, console: Console): Promise<void> {
  const { settings, warnings } = readSettings({
    flags: {
      PORT: options.port,
      HOST: options.host,
      ASSAY_ROLE: options.role,
      ASSAY_DATA_DIR: options.dataDir,
      DATABASE_URL: options.databaseUrl,
      REDIS_URL: options.redisUrl,
      LOG_LEVEL: options.logLevel,
    },
  })
  const forPeople = settings.LOG_FORMAT === "lines" || (settings.LOG_FORMAT === "auto" && console.screen.interactive)
  const logger = createLogger(settings, forPeople, console)
  for (const warning of [...warnings, ...readRedisConnection(settings).warnings]) logger.warn({}, warning)

  // What cannot be fetched anyway is said before anything is opened.
  for (const url of repositories) parseRemoteUrl(url, { trusted: true })
  const { signal, stop } = listenForInterruption()
  const service = await startService(settings, logger)
  try {
    announce(service, settings, console)
    logger.info(
      { url: service.url, role: settings.ASSAY_ROLE, pid: process.pid, version: ownVersion() },
      "service started",
    )
    if (options.open && service.url !== undefined) openInBrowser(`${service.url}/docs`)
    if (!signal.aborted)
      await showInitialWork(service, {
        repositories,
        settings,
        console,
        signal,
        firstRunSample: options.firstRunSample,
        progressOf: (label) =>
          forPeople
            ? createJobProgress({
                screen: console.screen,
                style: console.style,
                ...(label === undefined ? {} : { label }),
              })
            : createLogProgress(logger),
      }).catch((error: unknown) => {
        // What nobody asked for must not end a service whose store is away for a moment.
        if (repositories.length > 0 || !AssayError.isInstance(error) || !error.retryable) throw error
        logger.warn({ error }, "what there is could not be shown")
      })
    if (!signal.aborted) await once(signal, "abort")
  } finally {
    await end(service, { signal, logger, say: forPeople ? console.screen.line : undefined })
    stop()
  }
}

function createLogger(settings: Settings, forPeople: boolean, { screen, style }: Console): Logger {
  if (!forPeople) return createJsonLogger(settings.LOG_LEVEL ?? "info")
  return createLineLogger({ screen, style, level: settings.LOG_LEVEL ?? (screen.interactive ? "warn" : "info") })
}

function announce({ url }: Service, settings: Settings, { print, resultStyle: style }: Console): void {
  const where =
    settings.DATABASE_URL === undefined ? `data in ${settings.ASSAY_DATA_DIR}` : "data in the given database"
  const what = url === undefined ? "works on jobs" : `listens on ${style.cyan(url)}`
  print(`${style.bold("Assay")} ${ownVersion()} ${what} ${style.dim(`(${where})`)}`)
}

async function end(
  service: Service,
  options: { signal: AbortSignal; logger: Logger; say: ((text: string) => void) | undefined },
): Promise<void> {
  const { signal, logger, say } = options
  const byHand = signal.aborted && (signal.reason as { signal?: string }).signal === "SIGINT"
  say?.("Stopping. What is unfinished goes on at the next start; Ctrl-C again ends at once.")
  logger.info({}, "service stopping")
  const emergency = setTimeout(() => {
    logger.error({}, "something did not end in time; the process ends without it")
    process.exit(1)
  }, longestStopMs).unref()
  // Whoever presses Ctrl-C waits in front of the screen; an orchestrator has time for jobs that are nearly done.
  await service.close({ graceMs: byHand ? 1000 : 12_000 })
  clearTimeout(emergency)
  logger.info({}, "service stopped")
}
