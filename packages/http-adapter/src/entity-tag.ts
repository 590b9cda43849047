import { createHash } from "node:crypto"
import type { FastifyReply, FastifyRequest } from "fastify"

/** A strong entity tag for what follows entirely from these facts. */
export function entityTag(...facts: readonly (string | number | boolean)[]): string {
  return `"${createHash("sha256").update(JSON.stringify(facts)).digest("base64url").slice(0, 27)}"`
}

/**
 * Sets the tag, and says whether the client has this answer already: it is to be sent 304 and nothing else then. Answers are
 * kept by the client and asked for again each time, because the next one may belong to a newer snapshot.
 */
export function isKnown(request: FastifyRequest, reply: FastifyReply, tag: string): boolean {
  reply.headers({ etag: tag, "cache-control": "private, no-cache" })
  const known = request.headers["if-none-match"]
  if (known === undefined) return false
  return known === "*" || known.split(",").some((each) => each.trim().replace(/^W\//, "") === tag)
}
