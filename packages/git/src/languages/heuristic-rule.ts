/** Matches where one of them does. */
export type Pattern = RegExp | readonly RegExp[]

/** What the text of a file must have, or must not have. */
export type Condition = Pattern | { readonly none: RegExp }

export interface HeuristicRule {
  /** Those that a file which meets all conditions can be in: nearly always one. */
  readonly languages: readonly string[]
  readonly conditions: readonly Condition[]
}

/** How to tell the languages apart that share these extensions: by the first rule whose conditions are met. */
export interface Heuristic {
  readonly extensions: readonly string[]
  readonly rules: readonly HeuristicRule[]
}

/** Without conditions, every text meets it. */
export function rule(language: string | readonly string[], ...conditions: Condition[]): HeuristicRule {
  return { languages: typeof language === "string" ? [language] : language, conditions }
}
