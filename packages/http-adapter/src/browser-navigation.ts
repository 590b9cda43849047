import type { FastifyRequest } from "fastify"

/** What an answer varies by that asks `isBrowserNavigation`. */
export const navigationHeaders = "Accept, Sec-Fetch-Mode"

/**
 * Whether somebody typed the address into a browser. Programs ask for anything or for JSON; browsers leave out
 * `Sec-Fetch-Mode` on plain HTTP to other machines, so that `Accept` has to be enough there.
 */
export function isBrowserNavigation({ headers }: FastifyRequest): boolean {
  const mode = headers["sec-fetch-mode"]
  return (mode === undefined || mode === "navigate") && /^\s*text\/html\s*(,|;|$)/i.test(headers.accept ?? "")
}
