/** JSON as Python's `json.dumps` writes it, which is how streams are written: a space after colon and comma, ASCII only. */
export function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined)
    return `{${entries.map(([key, member]) => `${pythonJson(key)}: ${pythonJson(member)}`).join(", ")}}`
  }
  const ascii = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`
  return JSON.stringify(value).replace(/[\u0080-\uffff]/g, ascii)
}
