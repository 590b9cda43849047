import { AssayError } from "@assay/core"
import type { ClientConfig } from "pg"
import { parserOf } from "../values.js"

export interface ConnectionOptions {
  /** How long to wait for a connection, in milliseconds. */
  connectTimeoutMs: number
  /** Shown in `pg_stat_activity`. The URL may name another. */
  applicationName: string
}

/** What `pg` needs to know, from a URL as libpq understands it. The URL is never part of an error: it holds a password. */
export function connectionSettings(url: string, options: ConnectionOptions): ClientConfig {
  return {
    connectionString: withLibpqTls(url),
    connectionTimeoutMillis: options.connectTimeoutMs,
    application_name: options.applicationName,
    // A connection that a firewall forgot would otherwise be waited on for ever.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: (typeId: number) => parserOf(typeId) as never },
  }
}

/**
 * `pg` reads `sslmode` differently from libpq unless it is told; and it cannot try TLS first and go on without, which is
 * what `prefer` and `allow` ask for, so these two mean no TLS.
 */
function withLibpqTls(url: string): string {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw new AssayError("INVALID_INPUT", "The database URL cannot be read.", {
      hint: "It looks like postgres://user:password@host:5432/database; write special characters of the password as %XX.",
    })
  }
  const mode = parsed.searchParams.get("sslmode")
  if (mode === "prefer" || mode === "allow") parsed.searchParams.delete("sslmode")
  if (!parsed.searchParams.has("uselibpqcompat")) parsed.searchParams.set("uselibpqcompat", "true")
  return parsed.href
}
