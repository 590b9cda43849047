import { z } from "zod"
import { parseEgressProxy, parseTrustedPrefixes } from "@assay/git"
import { potpieSettings } from "./potpie-settings.js"
import { redisSettings } from "./redis-settings.js"
import {
  allOr,
  bytes,
  duration,
  list,
  oneOf,
  optional,
  reading,
  text,
  wholeNumber,
  withDefault,
  yesOrNo,
} from "./setting.js"

export const roles = ["all", "api", "worker"] as const
export const logLevels = ["debug", "info", "warn", "error", "silent"] as const

const leastKey = 16

/**
 * Every setting there is, by the name it has in the environment and in a `.env` file. Documents, `.env.example`, error
 * messages and the types of the program follow from this table.
 */
export const settingsSchema = z.object({
  PORT: withDefault(wholeNumber(0, 65_535), "8080", {
    group: "Server",
    about: "The port of the HTTP API. 0 takes any free port and prints which one.",
    accepts: "a whole number from 0 to 65535",
    flag: "--port",
  }),
  HOST: withDefault(text(), "127.0.0.1", {
    group: "Server",
    about:
      "The address that the HTTP API listens on. Anything but a loopback address is refused at start unless ASSAY_API_KEYS or ASSAY_OPEN is set.",
    accepts: "a host name or an IP address",
    flag: "--host",
  }),
  ASSAY_ROLE: withDefault(oneOf(roles), "all", {
    group: "Server",
    about:
      "What this process does: `api` answers requests, `worker` does the work, `all` does both. Processes of different roles share a PostgreSQL server, and may share a Redis server.",
    accepts: "all, api or worker",
    flag: "--role",
  }),
  BODY_LIMIT: withDefault(bytes(1024), "64kB", {
    group: "Server",
    about: "The largest request body that is read.",
    accepts: "a size of 1 kB or more, such as 64kB or 1MB",
  }),
  CORS_ORIGINS: optional(list(isOrigin), {
    group: "Server",
    about: "Pages of these origins may call the API from a browser; `*` stands for any.",
    accepts: "origins between commas, such as https://dashboard.example.org",
    example: "https://dashboard.example.org",
    otherwise: "none",
  }),

  DATABASE_URL: optional(reading(databaseUrl), {
    group: "Data",
    about:
      "Where everything is remembered: a PostgreSQL server, a folder for the embedded database, or `memory:` for nothing to be kept.",
    accepts: "postgres://user:password@host:5432/database, the path of a folder, or memory:",
    example: "postgres://assay:password@localhost:5432/assay",
    otherwise: "embedded, in the data folder",
    flag: "--database-url",
    secret: true,
  }),
  ASSAY_DATA_DIR: withDefault(text(), ".assay", {
    group: "Data",
    about:
      "The folder for what this machine keeps: the embedded database, mirrors of repositories, the key that seals secrets. Made if it is missing.",
    accepts: "the path of a folder",
    flag: "--data-dir",
  }),
  GIT_STORAGE_PATH: optional(text(), {
    group: "Data",
    about: "The folder for mirrors of repositories. Each machine has its own; what is lost there is fetched again.",
    accepts: "the path of a folder",
    example: "/var/lib/assay/mirrors",
    otherwise: "`mirrors` in the data folder",
  }),
  GIT_STORAGE_LIMIT: optional(bytes(1024 ** 2), {
    group: "Data",
    about:
      "What all mirrors on this machine may take together. Those that were not used for the longest time go first, never one that is in use; they are fetched again when they are needed.",
    accepts: "a size of 1 MB or more, such as 50GB",
    example: "50GB",
    otherwise: "no limit",
  }),

  ...redisSettings,

  WORKER_CONCURRENCY: withDefault(wholeNumber(1, 1000), "5", {
    group: "Work",
    about: "How many jobs on git this process works on at once.",
    accepts: "a whole number from 1 to 1000",
  }),
  MAX_CONCURRENT_JOBS: withDefault(wholeNumber(1, 1000), "5", {
    group: "Work",
    about:
      "How many analyses are in progress at once, over all processes. Those that wait while Potpie parses count, too.",
    accepts: "a whole number from 1 to 1000",
  }),
  MAX_RETRIES: withDefault(wholeNumber(1, 1000), "3", {
    group: "Work",
    about: "How many attempts a job has in all, the first one included. Removing a repository has five of its own.",
    accepts: "a whole number from 1 to 1000",
  }),
  ASSAY_BACKOFF: withDefault(duration(0), "1s", {
    group: "Work",
    about:
      "How long a failed attempt waits at most before the next. It doubles with each, and each waits for a random part of it.",
    accepts: "a duration, such as 500ms, 1s or 1m",
  }),
  ASSAY_BACKOFF_MAX: withDefault(duration(0), "5m", {
    group: "Work",
    about: "What ASSAY_BACKOFF does not grow beyond.",
    accepts: "a duration, such as 30s, 5m or 1h",
  }),
  ASSAY_KEEP_JOBS: withDefault(allOr(wholeNumber(0)), "10000", {
    group: "Work",
    about:
      "How many finished jobs are kept, those that finished last. The newest of each repository is kept always. A job that either this or ASSAY_KEEP_DAYS excludes is forgotten.",
    accepts: "a whole number of 0 or more, or all",
  }),
  ASSAY_KEEP_DAYS: withDefault(allOr(wholeNumber(0, 36_500)), "30", {
    group: "Work",
    about: "How many days finished jobs are kept.",
    accepts: "a whole number from 0 to 36500, or all",
  }),

  ...potpieSettings,

  ASSAY_API_KEYS: optional(
    list((key) => /^[\x21-\x7e]+$/.test(key)),
    {
      group: "Access",
      about:
        "Keys that open the API, as `Authorization: Bearer …` or `x-api-key`. Without any, only requests from this machine are answered.",
      accepts: "keys of visible ASCII characters, between commas",
      otherwise: "none",
      secret: true,
    },
  ),
  ASSAY_OPEN: withDefault(yesOrNo(), "0", {
    group: "Access",
    about: "1 answers everybody who can reach the port, without a key. For networks you trust entirely.",
    accepts: "1 or 0",
  }),
  ASSAY_SECRET_KEY: optional(
    reading((value) => (Buffer.byteLength(value) >= leastKey ? value : undefined)),
    {
      group: "Access",
      about:
        "Seals the tokens that come with requests while they wait in the database. Every process on one database needs the same.",
      accepts: `at least ${leastKey} bytes, for example from: openssl rand -base64 32`,
      otherwise: "a key file in the data folder, made at the first start",
      secret: true,
    },
  ),
  ASSAY_SECRET_KEY_PREVIOUS: optional(
    list((key) => Buffer.byteLength(key) >= leastKey),
    {
      group: "Access",
      about: "Former values of ASSAY_SECRET_KEY, so that what was sealed with them can still be opened.",
      accepts: `former keys between commas`,
      otherwise: "none",
      secret: true,
    },
  ),

  ASSAY_GIT_ALLOW: optional(
    reading((value) => {
      parseTrustedPrefixes(value)
      return value
    }),
    {
      group: "Git",
      about:
        "Servers and folders you trust: repositories below these prefixes may be fetched though they are plain http, files or at private addresses.",
      accepts: "URL prefixes between commas, such as http://git.internal/,file:///srv/repos/",
      example: "http://git.internal/,file:///srv/repos/",
      otherwise: "none: public https only",
    },
  ),
  ASSAY_GIT_TOKEN: optional(
    reading((value) => (/^[\x21-\x7e]+$/.test(value) ? value : undefined)),
    {
      group: "Git",
      about:
        "A token for private repositories that are named on the command line. It is sent to the server of that repository and nowhere else.",
      accepts: "a token of visible ASCII characters",
      otherwise: "none",
      secret: true,
    },
  ),
  ASSAY_GIT_CA_FILE: optional(text(), {
    group: "Git",
    about: "Certificates (a PEM file) that Git servers are checked against instead of the system's.",
    accepts: "the path of a PEM file",
    example: "/etc/ssl/git-internal.pem",
    otherwise: "the system's",
  }),
  ASSAY_GIT_PROXY: optional(
    reading((value) => {
      parseEgressProxy(value)
      return value
    }),
    {
      group: "Git",
      about:
        "The one way out to Git servers: a proxy that is asked for every connection (CONNECT for https). It resolves the names and decides where it goes; addresses that are written into URLs are checked here all the same. A proxy that the environment names otherwise is ignored.",
      accepts: "http://host:port or http://user:password@host:port",
      example: "http://proxy.internal:3128",
      otherwise: "none: connections go to checked addresses directly",
      secret: true,
    },
  ),
  ASSAY_GIT_MAX_SIZE: withDefault(bytes(1024 ** 2), "4GB", {
    group: "Git",
    about: "The largest repository that is fetched.",
    accepts: "a size of 1 MB or more, such as 500MB or 4GB",
  }),
  ASSAY_GIT_MAX_REFS: withDefault(wholeNumber(1, 10_000_000), "50000", {
    group: "Git",
    about: "The most branches and tags that a repository may have.",
    accepts: "a whole number from 1 to 10000000",
  }),
  ASSAY_GIT_CHECK_OBJECTS: withDefault(yesOrNo(), "1", {
    group: "Git",
    about:
      "1 refuses repositories with objects that git considers malformed. 0 takes them, for old histories that hold some; nothing is ever checked out, so they can only be read.",
    accepts: "1 or 0",
  }),
  ASSAY_GIT_TIMEOUT: withDefault(duration(1000), "30m", {
    group: "Git",
    about: "How long one fetch may take.",
    accepts: "a duration of a second or more, such as 90s, 30m or 2h",
  }),
  ASSAY_GIT_KEEP_FREE: withDefault(bytes(0), "256MB", {
    group: "Git",
    about: "Nothing is fetched while less space than this is free where the mirrors are.",
    accepts: "a size, such as 256MB or 0",
  }),
  ASSAY_GIT_MEMORY: withDefault(bytes(64 * 1024 ** 2), "2GB", {
    group: "Git",
    about: "The address space of one git process. Linux only.",
    accepts: "a size of 64 MB or more, such as 2GB",
  }),

  LOG_LEVEL: optional(oneOf(logLevels), {
    group: "Logs",
    about: "The least important lines that are logged.",
    accepts: "debug, info, warn, error or silent",
    example: "debug",
    otherwise: "`info`; `warn` where a terminal shows the progress instead",
    flag: "--log-level",
  }),
  LOG_FORMAT: withDefault(oneOf(["auto", "json", "lines"]), "auto", {
    group: "Logs",
    about: "`json` for machines, `lines` for people; `auto` decides by whether a terminal is listening.",
    accepts: "auto, json or lines",
  }),
})

/** What the settings mean, with defaults filled in. */
export type Settings = z.output<typeof settingsSchema>

export type SettingName = keyof Settings

export const settingNames = Object.keys(settingsSchema.shape) as SettingName[]

function isOrigin(part: string): boolean {
  if (part === "*") return true
  try {
    return /^https?:$/.test(new URL(part).protocol) && new URL(part).origin === part
  } catch {
    return false
  }
}

/** Paths are taken as they are; of URLs only those that a database can be opened from. */
function databaseUrl(value: string): string | undefined {
  if (/^postgres(ql)?:\/\//i.test(value)) return URL.canParse(value) ? value : undefined
  if (/^memory:(\/\/)?$/.test(value) || /^file:/i.test(value)) return value
  return /^[a-z][a-z0-9+.-]+:/i.test(value) ? undefined : value
}
