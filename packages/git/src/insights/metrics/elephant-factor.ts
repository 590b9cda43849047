import { parse } from "tldts"
import { fewestWith } from "./absence-factor.js"

/** Domains whose addresses anybody may have, so that they say nothing about who one works for. */
export const freeMailDomains: ReadonlySet<string> = new Set([
  ...["gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "live.com", "msn.com", "yahoo.com"],
  ...["yahoo.co.uk", "yahoo.co.jp", "ymail.com", "icloud.com", "me.com", "mac.com", "aol.com", "gmx.de", "gmx.net"],
  ...["gmx.com", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "mail.ru", "inbox.ru", "list.ru", "bk.ru"],
  ...["yandex.ru", "yandex.com", "ya.ru", "qq.com", "foxmail.com", "163.com", "126.com", "sina.com", "protonmail.com"],
  ...[
    "proton.me",
    "pm.me",
    "fastmail.com",
    "fastmail.fm",
    "tutanota.com",
    "tuta.io",
    "hey.com",
    "zoho.com",
    "mail.com",
  ],
  ...["naver.com", "hanmail.net", "daum.net", "seznam.cz", "wp.pl", "o2.pl", "orange.fr", "free.fr", "laposte.net"],
  ...["wanadoo.fr", "libero.it", "comcast.net", "verizon.net", "att.net", "btinternet.com", "riseup.net", "posteo.de"],
  ...["posteo.net", "mailbox.org", "rambler.ru", "ukr.net", "rediffmail.com", "duck.com", "users.noreply.github.com"],
  ...["users.noreply.gitlab.com", "noreply.gitlab.com", "noreply.codeberg.org", "noreply.gitea.io", "localhost"],
])

/**
 * Who an address belongs to, by its registrable domain: `kernel.org` of `mail.kernel.org`, after the public suffix list.
 * `undefined` for an address that anybody may have, and for one whose domain nobody can register. `map` is the operator's own, from
 * a domain with all that is below it to the name of an organisation.
 */
export function organisationOf(email: string, map: ReadonlyMap<string, string> = new Map()): string | undefined {
  const host = email.slice(email.lastIndexOf("@") + 1).toLowerCase()
  for (let rest = host; rest !== ""; rest = rest.includes(".") ? rest.slice(rest.indexOf(".") + 1) : "") {
    const mapped = map.get(rest)
    if (mapped !== undefined) return mapped
    if (freeMailDomains.has(rest)) return undefined
  }
  if (!email.includes("@")) return undefined
  const { domain, isIcann } = parse(host)
  return isIcann === true && domain !== null ? domain : undefined
}

/**
 * The fewest organisations that made half of all contributions, as CHAOSS defines it. Contributions of unknown organisation count in
 * the sum and are ranked nowhere; `undefined` if they are more than half of it.
 */
export function elephantFactor(contributions: ReadonlyMap<string | undefined, number>): number | undefined {
  const unknown = contributions.get(undefined) ?? 0
  const known = [...contributions].filter(([organisation]) => organisation !== undefined).map(([, value]) => value)
  const total = known.reduce((sum, value) => sum + value, unknown)
  return total <= 0 || 2 * unknown > total ? undefined : fewestWith(known, total / 2)
}
