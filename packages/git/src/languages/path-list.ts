/** Makes a function that says which part of a path matches one of the patterns, if one does. Their flags are none, or `i`. */
export function pathList(patterns: readonly RegExp[]): (path: string) => string | undefined {
  // Nearly all paths match none of them, and one pattern that is all of them says so soonest.
  const joined = ["", "i"].flatMap((flags) => {
    const sources = patterns.filter((pattern) => pattern.flags === flags).map(({ source }) => source)
    return sources.length === 0 ? [] : [new RegExp(sources.join("|"), flags)]
  })
  return (path) => {
    for (const pattern of joined) {
      const match = pattern.exec(path)
      if (match) return match[0].replace(/^\//, "")
    }
    return undefined
  }
}
