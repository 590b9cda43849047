/** Orders text by the bytes of its UTF-8, as the database does: JavaScript's own order differs beyond U+FFFF. */
export function compareText(one: string, other: string): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at++) {
    const [left, right] = [one.charCodeAt(at), other.charCodeAt(at)]
    if (left !== right) return lifted(left) - lifted(right)
  }
  return one.length - other.length
}

/** Halves of surrogate pairs belong behind all other code units. */
function lifted(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit <= 0xdfff ? codeUnit + 0x10000 : codeUnit
}
