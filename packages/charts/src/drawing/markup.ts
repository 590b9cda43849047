declare const written: unique symbol

/** Text that is SVG or HTML already. Only `escapeText` and `element` make it, so that nothing gets in unescaped by oversight. */
export type Markup = string & { readonly [written]: true }

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>

/** The text as it may stand between tags and in quoted attributes. */
export function escapeText(text: string): Markup {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character) as Markup
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" }

/** An element. Numbers are rounded to hundredths: no screen shows more, and every digit is paid for a thousand times. */
export function element(name: string, attributes: Attributes, children: Markup | readonly Markup[] = []): Markup {
  let tag = `<${name}`
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue
    if (value === true) tag += ` ${key}=""`
    else tag += ` ${key}="${typeof value === "number" ? round(value) : escapeText(value)}"`
  }
  const content = typeof children === "string" ? children : children.join("")
  return (content || !selfClosing.has(name) ? `${tag}>${content}</${name}>` : `${tag}/>`) as Markup
}

export function join(parts: readonly Markup[]): Markup {
  return parts.join("") as Markup
}

export function round(value: number): string {
  return String(Math.round(value * 100) / 100)
}

// In HTML an empty `<td/>` would stay open, so only what is always empty closes itself.
const selfClosing = new Set(["rect", "path", "line", "circle", "polygon", "meta", "input", "br"])
