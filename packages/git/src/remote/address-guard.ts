import { lookup } from "node:dns/promises"
import { BlockList, isIP } from "node:net"
import { GitError, abortedError } from "../errors.js"
import type { RemoteUrl } from "./remote-url.js"

/** Finds all addresses of a host name. A seam for tests and for operators with resolvers of their own. */
export type Resolver = (hostname: string) => Promise<readonly string[]>

/** The resolver of the operating system: what git itself would use. */
export const systemResolver: Resolver = async (hostname) => {
  const answers = await lookup(hostname, { all: true, verbatim: true })
  return answers.map((answer) => answer.address)
}

/** Everything that is not the public internet, by the registries of special-purpose addresses (RFC 6890 and later). */
const special: readonly [network: string, prefix: number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 96],
  ["::1", 128],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["5f00::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
]

function buildBlockList(): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of special) list.addSubnet(network, prefix, network.includes(":") ? "ipv6" : "ipv4")
  return list
}

/** Checks where a URL leads, before anything is sent there. */
export interface AddressGuard {
  /**
   * Returns the addresses of the URL's host, all of them checked; connect to one of these and to no other. None if a
   * proxy connects. Throws
   * `GIT_ADDRESS_REFUSED` if any of them is not public (unless the URL is trusted) and `GIT_NETWORK` if there is none.
   */
  check(remote: RemoteUrl, signal?: AbortSignal): Promise<readonly string[]>
}

/**
 * `proxied`: a proxy connects to remotes for us. It resolves their names and decides where it goes, so names are not
 * resolved here, and there is nothing to pin. An address that is written into a URL is checked all the same, and so is
 * the name of this machine itself, which would be the proxy's own.
 */
export function createAddressGuard(
  resolver: Resolver = systemResolver,
  { proxied = false }: { proxied?: boolean } = {},
): AddressGuard {
  const blocked = buildBlockList()

  /** An IPv4 address inside an IPv6 one leads to the IPv4 address. */
  function isPublic(address: string): boolean {
    if (isIP(address) === 4) return !blocked.check(address, "ipv4")
    const plain = address.replace(/%.*$/, "")
    if (isIP(plain) !== 6) return false
    const mapped = mappedAddress(plain)
    return mapped === undefined ? !blocked.check(plain, "ipv6") : !blocked.check(mapped, "ipv4")
  }

  return {
    async check(remote, signal) {
      const addresses = proxied ? literal(remote.hostname) : await resolve(remote.hostname, resolver, signal)
      if (remote.trusted || addresses.every(isPublic)) return proxied ? [] : addresses
      // The address itself is not named: the answer of a private resolver is nobody's business outside.
      throw new GitError("GIT_ADDRESS_REFUSED", `${remote.hostname} is not a public address.`, {
        hint: `The operator can allow it: ASSAY_GIT_ALLOW=${remote.origin}/`,
      })
    },
  }
}

/** The address that a name is, or always means. */
function literal(hostname: string): readonly string[] {
  if (isIP(hostname)) return [hostname]
  return /(^|\.)localhost$/.test(hostname) ? ["127.0.0.1"] : []
}

async function resolve(hostname: string, resolver: Resolver, signal?: AbortSignal): Promise<readonly string[]> {
  if (isIP(hostname)) return [hostname]
  const unknown = (cause?: unknown): GitError =>
    new GitError("GIT_NETWORK", `The address of ${hostname} cannot be found.`, cause === undefined ? {} : { cause })
  if (signal?.aborted) throw abortedError(signal)
  let stop: (() => void) | undefined
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(abortedError(signal!))
    signal?.addEventListener("abort", stop, { once: true })
  })
  try {
    const answers = resolver(hostname).catch((error: unknown) => {
      throw unknown(error)
    })
    const addresses = await Promise.race([answers, aborted])
    if (addresses.length === 0 || addresses.some((address) => isIP(address) === 0)) throw unknown()
    return addresses
  } finally {
    signal?.removeEventListener("abort", stop!)
  }
}

/** `::ffff:a.b.c.d` in any spelling, as `a.b.c.d`. */
function mappedAddress(address: string): string | undefined {
  // WHATWG parsing brings every spelling into one form: ::ffff:7f00:1
  const match = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(new URL(`http://[${address}]/`).hostname)
  if (!match) return undefined
  const high = parseInt(match[1]!, 16)
  const low = parseInt(match[2]!, 16)
  return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`
}
