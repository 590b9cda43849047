import type { Condition } from "./heuristic-rule.js"
import { heuristics } from "./heuristic-rules.js"
import type { TextLines } from "./text-lines.js"

/** How much of a file is looked at, in bytes: as much as linguist does. */
const longestText = 50 * 1024

const byExtension = new Map(
  heuristics.flatMap(({ extensions, rules }) => extensions.map((extension) => [extension, rules] as const)),
)

/**
 * The names of the languages that the text of a file speaks for, among those that share its extension. None if it says nothing, or
 * nothing is to be told apart.
 */
export function disambiguate(name: string, lines: TextLines): readonly string[] {
  const lower = name.toLowerCase()
  for (let dot = lower.indexOf("."); dot !== -1; dot = lower.indexOf(".", dot + 1)) {
    const rules = byExtension.get(lower.slice(dot))
    if (!rules) continue
    const beginning = lines.text.slice(0, longestText)
    return rules.find(({ conditions }) => conditions.every((condition) => isMet(condition, beginning)))?.languages ?? []
  }
  return []
}

function isMet(condition: Condition, text: string): boolean {
  if (condition instanceof RegExp) return condition.test(text)
  return "none" in condition ? !condition.none.test(text) : condition.some((pattern) => pattern.test(text))
}
