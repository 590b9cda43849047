import { PotpieError } from "../errors.js"

/**
 * A path whose values are encoded, so that none of them can lead elsewhere: path`/api/v2/parsing-status/${projectId}`.
 *
 * @throws PotpieError `INVALID_INPUT` for a value that is empty, `.` or `..`, which no encoding keeps in its place.
 */
export function path(literals: TemplateStringsArray, ...values: readonly string[]): string {
  return literals.reduce((before, literal, index) => before + encodeSegment(values[index - 1] ?? "") + literal)
}

function encodeSegment(value: string): string {
  if (/^\.{0,2}$/.test(value)) {
    throw new PotpieError("INVALID_INPUT", `${JSON.stringify(value)} cannot be an id in a path.`)
  }
  try {
    return encodeURIComponent(value)
  } catch (cause) {
    throw new PotpieError("INVALID_INPUT", "A broken character (half a surrogate pair) cannot be in a path.", { cause })
  }
}
