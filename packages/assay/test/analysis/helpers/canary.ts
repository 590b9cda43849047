import { randomBytes } from "node:crypto"

/** A secret that is in nothing by chance, and what it looks like where somebody has encoded it. */
export interface Canary {
  readonly secret: string
  /** Where it was found, as `place: what is around it`. Empty for a text without it. */
  find(place: string, text: string): string[]
  /** The same for bytes, in a file say. */
  findBytes(place: string, bytes: Buffer): string[]
  readonly forms: readonly string[]
}

export function createCanary(): Canary {
  const secret = `ghp_canary${randomBytes(12).toString("hex")}`
  const bytes = Buffer.from(secret)
  // In the middle of other text, base64 of it depends on how many bytes stand before it; its edges depend on their neighbours.
  const inBase64 = [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replaceAll("=", "")
      .slice(4, -3),
  )
  const forms = [secret, encodeURIComponent(secret), bytes.toString("hex"), ...inBase64]
  const around = (text: string, at: number): string => text.slice(Math.max(0, at - 80), at + 20)
  const find = (place: string, text: string): string[] => {
    const at = forms.map((form) => text.indexOf(form)).find((index) => index >= 0)
    return at === undefined ? [] : [`${place}: …${around(text, at)}…`]
  }
  return { secret, forms, find, findBytes: (place, content) => find(place, content.toString("latin1")) }
}
