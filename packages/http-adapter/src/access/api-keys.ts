import { createHash, timingSafeEqual } from "node:crypto"
import type { IncomingHttpHeaders } from "node:http"

/**
 * Whether one of the keys is presented, as `Authorization: Bearer …` or `x-api-key: …`. Hashes are compared, all of them
 * and in constant time, so that neither the time taken nor a length tells how close a guess was.
 */
export function createKeyCheck(apiKeys: readonly string[]): (headers: IncomingHttpHeaders) => boolean {
  for (const key of apiKeys) {
    if (!/^[\x21-\x7e]+$/.test(key)) {
      throw new RangeError(
        "An API key must be made of visible ASCII characters, without blanks, and must not be empty.",
      )
    }
  }
  const known = apiKeys.map(hash)
  return (headers) => {
    let found = false
    for (const presented of presentedKeys(headers).map(hash)) {
      for (const key of known) if (timingSafeEqual(key, presented)) found = true
    }
    return found
  }
}

export function presentedKeys(headers: IncomingHttpHeaders): string[] {
  const bearer = /^bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1]
  const header = headers["x-api-key"]
  return [bearer, ...(Array.isArray(header) ? header : [header])].filter((key) => key !== undefined)
}

function hash(key: string): Buffer {
  return createHash("sha256").update(key).digest()
}
