import { PotpieError } from "../errors.js"

/**
 * Reads JSON objects that follow one another with nothing between them, which is what Potpie sends as `text/event-stream`. White
 * space and a `data:` before an object are accepted, in case some server or proxy makes real events of them.
 */
export interface ObjectReader {
  /** The next bytes in, cut anywhere, inside a character too; the objects that are complete out. */
  push(bytes: Uint8Array): unknown[]
  /** Whether the bytes stop inside an object. */
  readonly isInside: boolean
}

const mostCharacters = 16 * 1024 * 1024
const prefix = "data:"

/** `push` throws PotpieError `POTPIE_BAD_RESPONSE` for anything that is not such a stream. */
export function createObjectReader(): ObjectReader {
  const decoder = new TextDecoder()
  // What there is of the object that is being read. Joined once, at its end: long ones come in many pieces.
  let pieces: string[] = []
  let length = 0
  // Between objects: what may become a prefix.
  let held = ""
  let depth = 0
  let inString = false
  let escaped = false

  const scan = (character: string | undefined): void => {
    if (escaped) escaped = false
    else if (inString) {
      if (character === "\\") escaped = true
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === "{") depth++
    else if (character === "}") depth--
  }

  /** The text from the first object in it on, if there is one already. */
  const fromStart = (text: string): string | undefined => {
    held = text.trimStart()
    while (held.startsWith(prefix)) held = held.slice(prefix.length).trimStart()
    if (!held.startsWith("{")) {
      if (prefix.startsWith(held)) return undefined
      throw notAStream()
    }
    const rest = held
    held = ""
    return rest
  }

  return {
    push(bytes) {
      const objects: unknown[] = []
      let text: string | undefined = decoder.decode(bytes, { stream: true })
      for (;;) {
        if (depth === 0) text = fromStart(held + text)
        if (text === undefined) return objects
        let at = 0
        do scan(text[at++])
        while (depth > 0 && at < text.length)
        pieces.push(text.slice(0, at))
        length += at
        if (length > mostCharacters) throw notAStream()
        if (depth > 0) return objects
        objects.push(parse(pieces.join("")))
        pieces = []
        length = 0
        text = text.slice(at)
      }
    },
    get isInside() {
      return depth > 0 || held !== ""
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw notAStream()
  }
}

function notAStream(): PotpieError {
  return new PotpieError("POTPIE_BAD_RESPONSE", "Potpie streams something else than JSON objects.", {
    hint: "Is the base URL that of the API, and not of a web page in front of it?",
  })
}
