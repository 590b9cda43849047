import { statSync } from "node:fs"
import { isAbsolute, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { GitError } from "../errors.js"
import type { RefusedBecause } from "../errors.js"
import { isTrusted } from "./trusted-prefix.js"
import type { TrustedPrefix } from "./trusted-prefix.js"

/** The address of a remote repository, parsed once and safe to hand to git. */
export interface RemoteUrl {
  /** Normalised: lower-case host, no default port, no trailing slash. A final `.git` is kept as it was given. */
  url: string
  /** Equal for two URLs exactly if they name the same repository: without `.git`, and without case on the hosts that ignore it. */
  key: string
  protocol: "https" | "http" | "file"
  /** Without a port; IPv6 addresses without brackets; empty for a file. */
  hostname: string
  /** 0 for a file. */
  port: number
  /** `https://host[:port]`; `file://` for a file. A token for this URL goes nowhere else. */
  origin: string
  /** For people: `owner/name`, or the last part of a path. */
  name: string
  /** The operator vouches for it: it may be http, a file, on any port and at a private address. */
  trusted: boolean
}

export interface RemotePolicy {
  /** What the operator trusts, from `parseTrustedPrefixes`. Default: nothing. */
  allow?: readonly TrustedPrefix[]
  /** The text comes from the operator (a command line, say): local paths and all trusted URLs are allowed. Default `false`. */
  trusted?: boolean
}

const shorthand = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[A-Za-z0-9._-]{1,100}$/
const caseless = new Set(["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"])
const longest = 2_048

/**
 * Turns what somebody typed into the address of a repository: an https URL, or `owner/repo` for GitHub. Throws
 * `GIT_URL_REFUSED` with `why` and a hint for everything else, unless the operator trusts it.
 */
export function parseRemoteUrl(text: string, policy: RemotePolicy = {}): RemoteUrl {
  const given = text.trim()
  if (given === "" || given.length > longest) throw refused("syntax", "That is not the URL of a repository.", usage)
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (given.startsWith("-") || /[\x00-\x1f\x7f]/.test(given)) {
    throw refused("unsafe", "A URL must not start with a hyphen or hold control characters.")
  }
  if (policy.trusted) {
    const local = localPath(given)
    if (local !== undefined) return fromFile(pathToFileURL(local), true)
  }
  if (/^\.{1,2}\//.test(given) || isAbsolute(given)) {
    throw refused("local", "Local paths are only fetched for the operator.", "Give an https URL.")
  }
  if (shorthand.test(given)) return parseUrl(new URL(`https://github.com/${given.replace(/\.git$/, "")}.git`), policy)
  const ssh = sshAddress(given)
  if (ssh)
    throw refused("ssh", "Repositories are not fetched over ssh.", `Use https://${ssh.host}/${ssh.path} with a token.`)
  if (/^[a-z][a-z0-9+.-]*::/i.test(given)) throw refused("scheme", "Remote helpers are never run.", usage)

  let url: URL
  try {
    url = new URL(given)
  } catch {
    throw refused("syntax", "That is not the URL of a repository.", usage)
  }
  return parseUrl(url, policy)
}

const usage = "Give an https URL such as https://github.com/owner/name, or owner/name for GitHub."

function parseUrl(url: URL, policy: RemotePolicy): RemoteUrl {
  if (url.username || url.password) {
    throw refused(
      "credentials",
      "The URL holds credentials.",
      "Give the token separately: URLs end up in lists and logs.",
    )
  }
  if (url.search || url.hash || /[?#]$/.test(url.href)) {
    throw refused("query", "The URL holds a query or a fragment, so it is a page and not a repository.", usage)
  }
  const protocol = url.protocol.slice(0, -1)
  if (protocol !== "https" && protocol !== "http" && protocol !== "file") {
    throw refused("scheme", `Repositories are not fetched over ${protocol}.`, usage)
  }
  // An encoded slash would be one segment to the comparison with a prefix and two to the server.
  if (/%2f|%5c|%00|%2e|%0[0-9a-f]|%1[0-9a-f]|\\/i.test(url.pathname))
    throw refused("unsafe", "The path of the URL is encoded in an unusual way.")
  url.pathname = url.pathname.replace(/\/+$/, "").replace(/\/{2,}/g, "/")
  if (url.pathname === "/" || url.pathname === "")
    throw refused("syntax", "The URL names a host but no repository.", usage)

  const trusted = policy.trusted === true || isTrusted(url, policy.allow ?? [])
  if (protocol === "file") {
    if (!trusted)
      throw refused("local", "Local paths are only fetched for the operator.", allowHint("file:///srv/repos/"))
    return fromFile(url, trusted)
  }
  if (protocol === "http" && !trusted) {
    throw refused("scheme", "Repositories are not fetched over plain http.", allowHint(`http://${url.host}/`))
  }
  if (url.port !== "" && !trusted) {
    throw refused("port", `Port ${url.port} is not fetched from.`, allowHint(`${url.origin}/`))
  }
  const hostname = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "")
  if (!/^[a-z0-9._:-]+$/.test(hostname)) throw refused("syntax", "The URL has an unusual host name.", usage)
  const path = decoded(url.pathname)
    .slice(1)
    .replace(/\.git$/, "")
  return {
    url: url.href,
    key: `${url.protocol}//${url.host.replace(/\.$/, "")}/${caseless.has(hostname) ? path.toLowerCase() : path}`,
    protocol,
    hostname,
    port: url.port === "" ? (protocol === "https" ? 443 : 80) : Number(url.port),
    origin: url.origin,
    name: path.split("/").slice(-2).join("/"),
    trusted,
  }
}

function fromFile(url: URL, trusted: boolean): RemoteUrl {
  if (url.host) throw refused("local", "Files are only read on this machine.")
  const href = url.href.replace(/(?<!\/)\/+$/, "")
  const path = decoded(url.pathname)
    .replace(/\/+$/, "")
    .replace(/(\/?)\.git$/, "")
  const name = path.slice(path.lastIndexOf("/") + 1) || path
  return { url: href, key: `file://${path}`, protocol: "file", hostname: "", port: 0, origin: "file://", name, trusted }
}

function decoded(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    throw refused("unsafe", "The path of the URL is encoded in an unusual way.")
  }
}

/** What the operator typed is a path if it looks like one, or if there is a folder of that name. */
function localPath(text: string): string | undefined {
  if (/^\.{0,2}$/.test(text) || /^\.{1,2}[/\\]/.test(text) || isAbsolute(text)) return resolve(text)
  if (/^[a-z][a-z0-9+.-]*:/i.test(text)) return undefined
  try {
    return statSync(text).isDirectory() ? resolve(text) : undefined
  } catch {
    return undefined
  }
}

function sshAddress(text: string): { host: string; path: string } | undefined {
  const url = /^(?:git\+)?ssh:\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/(.+)$/i.exec(text)
  const scp = /^(?:[^@/:]+@)([^/:]+):(?!\/\/)(.+)$/.exec(text) ?? /^([^/:@]+\.[^/:@]+):(?!\d|\/\/)(.+)$/.exec(text)
  const [, host, path] = url ?? scp ?? []
  if (host === undefined || path === undefined) return undefined
  return { host: host.toLowerCase(), path: path.replace(/^\/+/, "").replace(/[?#].*$/, "") }
}

function allowHint(prefix: string): string {
  return `The operator can allow it: ASSAY_GIT_ALLOW=${prefix}`
}

function refused(why: RefusedBecause, message: string, hint?: string): GitError {
  return new GitError("GIT_URL_REFUSED", message, { why, ...(hint === undefined ? {} : { hint }) })
}
