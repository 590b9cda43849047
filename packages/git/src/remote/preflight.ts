import { GitError } from "../errors.js"
import type { GitCredentials } from "../process/askpass.js"
import { usernameFor } from "../process/askpass.js"
import type { AddressGuard } from "./address-guard.js"
import { askRemoteHead, suffix } from "./ask-remote-head.js"
import { proxyRefusal } from "./egress-proxy.js"
import type { EgressProxy } from "./egress-proxy.js"
import { parseRemoteUrl } from "./remote-url.js"
import type { RemoteUrl } from "./remote-url.js"
import type { TrustedPrefix } from "./trusted-prefix.js"

export interface PreflightOptions {
  guard: AddressGuard
  allow: readonly TrustedPrefix[]
  token?: string | undefined
  caFile?: string | undefined
  proxy?: EgressProxy | undefined
  /** For each answer. Default 30,000. */
  timeoutMs?: number
  signal?: AbortSignal | undefined
}

/** Where git may go: the address after all redirects, and what it may take along. */
export interface CheckedRemote {
  remote: RemoteUrl
  /** Checked addresses of its host. Empty for a file, and where a proxy connects. */
  addresses: readonly string[]
  credentials: GitCredentials | undefined
}

const mostRedirects = 3

/** Checks the addresses of a remote's host, without asking the remote itself anything. */
export async function checkRemote(
  remote: RemoteUrl,
  options: Pick<PreflightOptions, "guard" | "token" | "signal">,
): Promise<CheckedRemote> {
  if (remote.protocol === "file") return { remote, addresses: [], credentials: undefined }
  const addresses = await options.guard.check(remote, options.signal)
  return { remote, addresses, credentials: credentialsFor(remote, options.token) }
}

function credentialsFor(remote: RemoteUrl, token: string | undefined): GitCredentials | undefined {
  return token ? { origin: remote.origin, username: usernameFor(remote.hostname), token } : undefined
}

/**
 * Asks a remote as git would, in order to follow redirects with our own rules: every hop is parsed and its addresses
 * are checked like the first one's, and credentials stay with the origin they were given for. Git itself follows none,
 * because it would check none. Only the head of the answer is read.
 */
export async function preflight(first: RemoteUrl, options: PreflightOptions): Promise<CheckedRemote> {
  if (first.protocol === "file") return checkRemote(first, options)
  const given = credentialsFor(first, options.token)

  let remote = first
  for (let hops = 0; ; hops++) {
    const addresses = await options.guard.check(remote, options.signal)
    const credentials = given?.origin === remote.origin ? given : undefined
    const answer = await askRemoteHead(remote, { ...options, addresses, credentials })
    const { statusCode = 0, headers } = answer
    if (statusCode === 200) {
      if (headers["content-type"]?.startsWith("application/x-git-upload-pack-advertisement")) {
        return { remote, addresses, credentials }
      }
      throw new GitError("GIT_NOT_FOUND", `${remote.url} answers, but not like a Git server.`, {
        hint: "Check the address; the one of the repository's web page usually works.",
      })
    }
    if (statusCode < 300 || statusCode > 399 || headers.location === undefined)
      throw refusal(remote, statusCode, credentials)
    if (hops === mostRedirects) throw new GitError("GIT_REDIRECT", `${first.url} redirects too often.`)
    remote = follow(remote, headers.location, options.allow)
  }
}

function follow(remote: RemoteUrl, location: string, allow: readonly TrustedPrefix[]): RemoteUrl {
  let target: URL
  try {
    target = new URL(location, `${remote.url}${suffix}`)
  } catch {
    throw new GitError("GIT_REDIRECT", `${remote.url} redirects to something that is not a URL.`)
  }
  // A server must not send us to a file, however much the operator trusts the folder that it is in.
  if (target.protocol !== "https:" && target.protocol !== "http:") {
    throw new GitError("GIT_REDIRECT", `${remote.url} redirects to where we do not follow.`)
  }
  if (!target.pathname.endsWith(suffix)) {
    throw new GitError("GIT_REDIRECT", `${remote.url} redirects to a page that is not a repository.`, {
      hint: "It may be private: some servers send strangers to their login page.",
    })
  }
  target.pathname = target.pathname.slice(0, -suffix.length)
  target.search = ""
  target.hash = ""
  // What the operator said of a server holds for its own other paths, and not for wherever it points.
  const trusted = remote.trusted && target.origin === remote.origin
  try {
    return parseRemoteUrl(target.href, { allow, trusted })
  } catch (cause) {
    throw new GitError("GIT_REDIRECT", `${remote.url} redirects to where we do not follow.`, { cause })
  }
}

function refusal(remote: RemoteUrl, status: number, credentials: GitCredentials | undefined): GitError {
  if (status === 401 || status === 403) {
    return credentials
      ? new GitError("GIT_AUTH", `${remote.url} refuses the token.`, {
          hint: "Check that it may read this repository.",
        })
      : new GitError("GIT_AUTH", `There is no public Git repository at ${remote.url}.`, {
          hint: "Check the address; if it is private, give a token that may read it.",
        })
  }
  if (status === 404 || status === 410) {
    return new GitError("GIT_NOT_FOUND", `There is no Git repository at ${remote.url}, or it is private.`, {
      hint: "Check the address; if it is private, give a token that may read it.",
    })
  }
  if (status === 407) return proxyRefusal(status, remote.hostname)
  const retryable = status === 408 || status === 429 || status >= 500
  return new GitError("GIT_NETWORK", `${remote.url} answers with status ${status}.`, { retryable })
}
