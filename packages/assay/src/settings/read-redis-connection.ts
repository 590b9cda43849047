import { createPrivateKey, X509Certificate } from "node:crypto"
import { readFileSync } from "node:fs"
import type { RedisConnectionOptions, RedisTlsOptions } from "@assay/redis-queue"
import { SetupError } from "../errors.js"
import type { SettingName, Settings } from "./settings-schema.js"

/** How to reach Redis, by what the settings say. */
export interface RedisConnectionReading {
  /** `undefined` when they name no server. */
  readonly connection: RedisConnectionOptions | undefined
  /** Sentences about settings that have no effect. */
  readonly warnings: readonly string[]
}

/**
 * Makes one connection of the settings' several ways to say it. Throws a {@link SetupError} `SETTINGS_INVALID` with
 * everything that is wrong: two settings that disagree, both named, and files that are not what they should be.
 */
export function readRedisConnection(settings: Settings): RedisConnectionReading {
  const { REDIS_URL, REDIS_ADDR, REDIS_HOST, REDIS_PORT } = settings
  if (REDIS_URL === undefined && REDIS_ADDR === undefined && REDIS_HOST === undefined && REDIS_PORT === undefined) {
    return { connection: undefined, warnings: withoutServer(settings) }
  }
  const problems: string[] = []
  const agree = agreement(problems)
  const url = REDIS_URL === undefined ? undefined : partsOf(REDIS_URL)
  const host = agree(["REDIS_URL", url?.host], ["REDIS_ADDR", REDIS_ADDR?.host], ["REDIS_HOST", REDIS_HOST])
  const port = agree(["REDIS_URL", url?.port], ["REDIS_ADDR", REDIS_ADDR?.port], ["REDIS_PORT", REDIS_PORT])
  const username = agree(["REDIS_URL", url?.username], ["REDIS_USERNAME", settings.REDIS_USERNAME])
  const password = agree(["REDIS_URL", url?.password], ["REDIS_PASSWORD", settings.REDIS_PASSWORD])
  const db = agree(["REDIS_URL", url?.db], ["REDIS_DB", settings.REDIS_DB])
  const encrypted = agree(["REDIS_URL", url?.encrypted], ["REDIS_TLS_ENABLED", settings.REDIS_TLS_ENABLED]) ?? false
  const tls = encrypted && readTls(settings, problems)
  if (problems.length > 0) {
    throw new SetupError(
      "SETTINGS_INVALID",
      problems.length === 1 ? problems[0]! : `The settings of Redis cannot be used:\n- ${problems.join("\n- ")}`,
    )
  }
  return {
    connection: {
      ...{ host: host ?? "127.0.0.1", port: port ?? 6379, db: db ?? 0, tls },
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(settings.REDIS_CLUSTER === undefined ? {} : { cluster: settings.REDIS_CLUSTER }),
    },
    warnings: encrypted ? [] : withoutTls(settings),
  }
}

function partsOf(text: string) {
  const url = new URL(text)
  const part = (value: string): string | undefined => (value === "" ? undefined : decodeURIComponent(value))
  const db = part(url.pathname.slice(1))
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? 6379 : Number(url.port),
    username: part(url.username),
    password: part(url.password),
    db: db === undefined ? undefined : Number(db),
    // That a URL does not ask for TLS contradicts nobody who does.
    encrypted: url.protocol === "rediss:" ? true : undefined,
  }
}

type Named<Value> = readonly [SettingName, Value | undefined]

/** What those that are set say; a problem when they do not say the same. */
function agreement(problems: string[]): <Value>(...candidates: readonly Named<Value>[]) => Value | undefined {
  return (...candidates) => {
    const [first, ...others] = candidates.filter(([, value]) => value !== undefined)
    for (const other of others) {
      if (first === undefined || other[1] === first[1]) continue
      // Passwords are not shown, and the others do not tell more than their names do.
      problems.push(`${first[0]} and ${other[0]} mean the same thing and say different things: set one, or both alike.`)
    }
    return first?.[1]
  }
}

function readTls(settings: Settings, problems: string[]): RedisTlsOptions {
  const cert = readPem(settings, "REDIS_TLS_CERT_PATH", problems)
  const separateKey = readPem(settings, "REDIS_TLS_KEY_PATH", problems)
  const ca = readPem(settings, "REDIS_TLS_CA_PATH", problems)
  const key = separateKey ?? (cert !== undefined && holdsKey(cert) ? cert : undefined)
  if (settings.REDIS_TLS_KEY_PATH !== undefined && settings.REDIS_TLS_CERT_PATH === undefined) {
    problems.push("REDIS_TLS_KEY_PATH is set without REDIS_TLS_CERT_PATH, the certificate that the key belongs to.")
  }
  if (cert !== undefined && key !== undefined) checkPair(cert, key, problems)
  // Services that Assay takes the place of were given the authority under the name of the certificate.
  const authorities = [ca, ...(key === undefined ? [cert] : [])].filter((pem) => pem !== undefined)
  return {
    rejectUnauthorized: settings.REDIS_TLS_REJECT_UNAUTHORIZED,
    ...(cert !== undefined && key !== undefined ? { cert, key } : {}),
    ...(authorities.length > 0 ? { ca: authorities.join("\n") } : {}),
  }
}

const fileSettings = ["REDIS_TLS_CERT_PATH", "REDIS_TLS_KEY_PATH", "REDIS_TLS_CA_PATH"] as const

const holdsKey = (pem: string): boolean => /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)
const holdsCertificate = (pem: string): boolean => pem.includes("-----BEGIN CERTIFICATE-----")

function readPem(settings: Settings, name: (typeof fileSettings)[number], problems: string[]): string | undefined {
  const path = settings[name]
  if (path === undefined) return undefined
  try {
    const pem = readFileSync(path, "utf8")
    const [fits, what] =
      name === "REDIS_TLS_KEY_PATH" ? [holdsKey(pem), "private key"] : [holdsCertificate(pem), "certificate"]
    if (fits) return pem
    problems.push(`${name}: the file ${path} holds no ${what} in the PEM format.`)
  } catch (error) {
    problems.push(`${name}: the file ${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`)
  }
  return undefined
}

/** Noticed by nobody but the server otherwise, which says no more than that the handshake failed. */
function checkPair(cert: string, key: string, problems: string[]): void {
  try {
    if (new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) return
    problems.push("The client certificate for Redis and its key (REDIS_TLS_KEY_PATH) do not belong together.")
  } catch {
    problems.push(
      "The client certificate for Redis, or its key, cannot be read: both have to be PEM, the key without a passphrase.",
    )
  }
}

/** Set in the belief that it does something. Somebody who says `false` knows that it does not. */
function withoutTls(settings: Settings): string[] {
  if (settings.REDIS_TLS_ENABLED === false) return []
  return fileSettings
    .filter((name) => settings[name] !== undefined)
    .map((name) => `${name} has no effect without REDIS_TLS_ENABLED=true or a rediss:// URL.`)
}

function withoutServer(settings: Settings): string[] {
  return (["REDIS_USERNAME", "REDIS_PASSWORD", "REDIS_DB", "REDIS_CLUSTER", "REDIS_TLS_ENABLED"] as const)
    .filter((name) => settings[name] !== undefined && settings[name] !== false)
    .map((name) => `${name} has no effect: neither REDIS_URL, REDIS_ADDR nor REDIS_HOST names a server.`)
}
