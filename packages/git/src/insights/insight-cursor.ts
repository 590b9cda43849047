import { InvalidInputError } from "@assay/core"

/** Where the next page begins, of which answer of which snapshot. */
export interface InsightCursor {
  readonly snapshot: number
  readonly key: string
  readonly offset: number
}

export function writeCursor({ snapshot, key, offset }: InsightCursor): string {
  return Buffer.from(JSON.stringify([snapshot, key, offset])).toString("base64url")
}

/** Rejects text that no `writeCursor` made. */
export function readCursor(text: string): InsightCursor {
  try {
    const [snapshot, key, offset, ...rest] = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as unknown[]
    const numbers = isCount(snapshot) && isCount(offset)
    if (numbers && typeof key === "string" && rest.length === 0) return { snapshot, key, offset }
  } catch {
    // Said below.
  }
  throw foreignCursor()
}

export function foreignCursor(): InvalidInputError {
  return new InvalidInputError("The query", [{ path: ["cursor"], message: "it is not a cursor of this query" }])
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 2 ** 31 - 1
}
