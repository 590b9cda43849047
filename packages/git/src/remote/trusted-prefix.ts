import { realpathSync } from "node:fs"
import { dirname, join, sep } from "node:path"
import { fileURLToPath } from "node:url"

/** A part of the world that the operator trusts: every repository below it may be fetched. */
export interface TrustedPrefix {
  protocol: "https" | "http" | "file"
  /** Host and port as WHATWG URLs write them; empty for files. */
  host: string
  /** Starts and ends with a slash. */
  path: string
}

/**
 * Reads a comma-separated list of URL prefixes (`http://git.internal/,file:///srv/repos/`). Throws a `TypeError` that
 * names the entry which cannot be used; a list that is half understood would trust more, or less, than was meant.
 */
export function parseTrustedPrefixes(list: string): TrustedPrefix[] {
  return list
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "")
    .map(parsePrefix)
}

function parsePrefix(entry: string): TrustedPrefix {
  let url: URL
  try {
    url = new URL(entry)
  } catch {
    throw new TypeError(`"${entry}" is not a URL prefix such as http://git.internal/ or file:///srv/repos/.`)
  }
  const protocol = url.protocol.slice(0, -1)
  if (protocol !== "https" && protocol !== "http" && protocol !== "file") {
    throw new TypeError(`"${entry}" starts with ${url.protocol} but only https, http and file can be trusted.`)
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new TypeError(`A trusted prefix on ${url.host || "this machine"} holds credentials, a query or a fragment.`)
  }
  if (protocol === "file" && url.host)
    throw new TypeError(`"${entry}" names a host; files are only read on this machine.`)
  if (!/^[/]/.test(url.pathname) || /%2f|%5c/i.test(url.pathname)) throw new TypeError(`"${entry}" has no plain path.`)
  return { protocol, host: url.host, path: url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/` }
}

/**
 * Whether the URL lies below one of the prefixes. Whole path segments count: `/srv/repos` does not cover
 * `/srv/repos-of-others`. `url` must be normalised by `new URL` (no `..`) and free of encoded slashes.
 * A file must lie below the prefix after symbolic links are followed, too.
 */
export function isTrusted(url: URL, prefixes: readonly TrustedPrefix[]): boolean {
  return prefixes.some((prefix) => {
    if (url.protocol !== `${prefix.protocol}:` || url.host !== prefix.host) return false
    if (!`${url.pathname}/`.startsWith(prefix.path)) return false
    return prefix.protocol !== "file" || isBelow(fileURLToPath(url), fileURLToPath(`file://${prefix.path}`))
  })
}

function isBelow(path: string, folder: string): boolean {
  const root = followLinks(folder)
  const real = followLinks(path)
  return real === root.replace(/[/\\]$/, "") || real.startsWith(root.endsWith(sep) ? root : root + sep)
}

/** The real path, where the last parts may not exist (yet). */
function followLinks(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path ? path : join(followLinks(parent), path.slice(parent.length).replace(/^[/\\]+/, ""))
  }
}
