/** What several insights need of one snapshot: computed for the first that asks, and held for the others. */
export interface SharedParts {
  /**
   * The part of this name. Whoever asks while it is computed waits for the same one. What fails is not held, and is computed again
   * for the next. Nobody may change what it returns.
   *
   * @param bytesOf about how much memory the part takes
   */
  get<Part>(name: string, compute: () => Part | Promise<Part>, bytesOf: (part: Part) => number): Promise<Part>
  /** Of all that is held. */
  bytes(): number
  /** Lets go of everything; what is needed again is computed again. */
  clear(): void
}

export function createSharedParts(): SharedParts {
  const parts = new Map<string, Promise<unknown>>()
  let bytes = 0
  return {
    get<Part>(name: string, compute: () => Part | Promise<Part>, bytesOf: (part: Part) => number): Promise<Part> {
      const known = parts.get(name) as Promise<Part> | undefined
      if (known) return known
      const part = (async () => compute())()
      parts.set(name, part)
      part.then(
        (value) => {
          // It may have been let go while it was computed.
          if (parts.get(name) === part) bytes += bytesOf(value)
        },
        () => {
          if (parts.get(name) === part) parts.delete(name)
        },
      )
      return part
    },
    bytes: () => bytes,
    clear() {
      parts.clear()
      bytes = 0
    },
  }
}
