import { createHash } from "node:crypto"
import { parseAliases } from "./aliases.js"
import type { Aliases } from "./aliases.js"

/** What the operator says about people. */
export interface InsightRulesOptions {
  /** Who people are, in the syntax of a .mailmap. Applied after that of the repository. */
  readonly aliases?: string | undefined
  /** Further programs that commit: matched against name and address. */
  readonly extraBots?: readonly RegExp[] | undefined
  /** Names of organisations by domain of address: `{ "example.org": "Example" }`. */
  readonly organisations?: Readonly<Record<string, string>> | undefined
}

export interface InsightRules {
  readonly aliases: Aliases | undefined
  readonly extraBots: readonly RegExp[]
  readonly organisations: ReadonlyMap<string, string>
  /** Tells rules from others; empty for none. What was computed by other rules is computed again. */
  readonly digest: string
}

export function readRules(options: InsightRulesOptions): InsightRules {
  const { aliases, extraBots = [], organisations = {} } = options
  const text = JSON.stringify([aliases?.trim() ?? "", extraBots.map(String), Object.entries(organisations).sort()])
  const none = !aliases?.trim() && extraBots.length === 0 && Object.keys(organisations).length === 0
  return {
    aliases: aliases?.trim() ? parseAliases(aliases) : undefined,
    // A pattern with the flag `g` remembers where it was, and would find something only every other time.
    extraBots: extraBots.map((bot) => new RegExp(bot.source, bot.flags.replaceAll(/[gy]/g, ""))),
    organisations: new Map(Object.entries(organisations).map(([domain, name]) => [domain.toLowerCase(), name])),
    digest: none ? "" : createHash("sha256").update(text).digest("hex").slice(0, 32),
  }
}
