import type { Insight, Json } from "@assay/core"
import { snakeCase } from "./snake-case.js"

/** An insight for programs, with the members that the HTTP API gives it. */
export function insightDocument(insight: Insight): object {
  const { name, definition, parameters, exclusions, values, columns, rows, total } = insight
  return {
    name,
    definition,
    parameters: withSnakeCase(parameters),
    exclusions,
    values: withSnakeCase(values),
    columns: columns.map(snakeCase),
    data: rows.map(withSnakeCase),
    total,
  }
}

function withSnakeCase(record: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [snakeCase(name), value]))
}
