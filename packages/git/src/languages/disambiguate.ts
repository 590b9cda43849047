import type { Condition } from "./heuristic-rule.js"
import { heuristics } from "./heuristic-rules.js"

/** How much of a file is looked at, in bytes: as much as linguist does. */
export const longestTextToDisambiguate = 50 * 1024

const byExtension = new Map(
  heuristics.flatMap(({ extensions, rules }) => extensions.map((extension) => [extension, rules] as const)),
)

/**
 * The names of the languages that the text of a file speaks for, among those that share its extension. Empty if it says nothing;
 * `undefined` if there is nothing to be told apart. `text` is its beginning, one character for each byte.
 */
export function disambiguate(name: string, text: () => string): readonly string[] | undefined {
  const lower = name.toLowerCase()
  for (let dot = lower.indexOf("."); dot !== -1; dot = lower.indexOf(".", dot + 1)) {
    const rules = byExtension.get(lower.slice(dot))
    if (!rules) continue
    const beginning = text()
    return rules.find(({ conditions }) => conditions.every((condition) => isMet(condition, beginning)))?.languages ?? []
  }
  return undefined
}

function isMet(condition: Condition, text: string): boolean {
  if (condition instanceof RegExp) return condition.test(text)
  return "none" in condition ? !condition.none.test(text) : condition.some((pattern) => pattern.test(text))
}
