import type { ParsedRepositoryUrl } from "../../src/index.js"

/** An error of the shape that typed errors of other packages have. */
export class ForeignError extends Error {
  readonly code: string
  readonly retryable: boolean
  readonly hint: string | undefined

  constructor(code: string, message: string, options: { retryable?: boolean; hint?: string } = {}) {
    super(message)
    this.code = code
    this.retryable = options.retryable ?? false
    this.hint = options.hint
  }
}

/** As little of a parser of Git URLs as the routes can be tried with. */
export function parseRepositoryUrl(text: string): ParsedRepositoryUrl {
  const url = /^[\w.-]+\/[\w.-]+$/.test(text) ? `https://github.com/${text}` : text
  const path = /^https:\/\/[\w.-]+\/([\w./-]+?)(?:\.git)?$/.exec(url)?.[1]
  if (path === undefined) {
    throw new ForeignError("GIT_URL_REFUSED", "That is not the URL of a repository that can be fetched.", {
      hint: "Try https://github.com/owner/repo.git",
    })
  }
  return { url, key: url.replace(/\.git$/, "").toLowerCase(), name: path }
}
