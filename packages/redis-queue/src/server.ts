import { createSecureContext } from "node:tls"
import { InvalidInputError } from "@assay/core"
import type { RedisConnectionOptions, RedisTlsOptions } from "./connection-options.js"

/** Where the server is and how one gets in: the options, once they have been read. */
export interface Server {
  readonly host: string
  readonly port: number
  readonly username: string | undefined
  readonly password: string | undefined
  readonly db: number
  readonly tls: RedisTlsOptions | undefined
  /** `undefined`: it has to be asked. */
  readonly cluster: boolean | undefined
}

/** For people. Holds no secret, unlike the URL. */
export const addressOf = ({ host, port }: Server): string => `${host.includes(":") ? `[${host}]` : host}:${port}`

export function readServer(options: RedisConnectionOptions): Server {
  const url = options.url === undefined ? undefined : readUrl(options.url)
  const tls = options.tls ?? url?.protocol === "rediss:"
  const server: Server = {
    host: options.host ?? (url?.hostname.replace(/^\[|\]$/g, "") || "127.0.0.1"),
    port: options.port ?? (Number(url?.port) || 6379),
    username: options.username ?? textOf(url?.username),
    password: options.password ?? textOf(url?.password),
    db: options.db ?? readDb(url),
    tls: tls === true ? {} : tls || undefined,
    cluster: options.cluster,
  }
  if (!Number.isInteger(server.port) || server.port < 1 || server.port > 65_535) refuse("port", "no port number")
  if (!Number.isInteger(server.db) || server.db < 0) refuse("db", "databases are numbered 0, 1, 2, …")
  if (server.cluster && server.db !== 0) refuse("db", "a cluster has only database 0")
  if (server.tls) checkPem(server.tls)
  return server
}

function readUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  // The text itself may hold a password.
  if (url?.protocol === "redis:" || url?.protocol === "rediss:") return url
  return refuse("url", "expected redis://host:6379 or rediss://host:6379")
}

function readDb(url: URL | undefined): number {
  const path = url?.pathname.slice(1) || url?.searchParams.get("db") || "0"
  return /^\d+$/.test(path) ? Number(path) : refuse("url", "what follows the host is no database number")
}

function textOf(part: string | undefined): string | undefined {
  if (!part) return undefined
  try {
    return decodeURIComponent(part)
  } catch {
    return refuse("url", "the user or the password has a % that begins no escape")
  }
}

/** Says at once which of them cannot be read, instead of with the first connection. */
function checkPem({ cert, key, ca }: RedisTlsOptions): void {
  if ((cert === undefined) !== (key === undefined)) refuse("tls", "`cert` and `key` belong together")
  const readable = (parts: object): boolean => {
    try {
      createSecureContext(parts)
      return true
    } catch {
      return false
    }
  }
  if (ca !== undefined && !(ca.includes("-----BEGIN") && readable({ ca }))) refuse("tls.ca", "not a certificate in PEM")
  if (cert !== undefined && !readable({ cert })) refuse("tls.cert", "not a certificate in PEM")
  if (key !== undefined && !readable({ key })) refuse("tls.key", "not an unencrypted private key in PEM")
  if (!readable({ cert, key })) refuse("tls.key", "not the key of `tls.cert`")
}

function refuse(where: string, message: string): never {
  throw new InvalidInputError("The Redis connection", [{ path: where.split("."), message }])
}
