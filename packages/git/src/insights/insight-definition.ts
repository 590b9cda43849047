import type { InsightDescription, InsightExclusion, InsightName, Json } from "@assay/core"
import type { InsightContext } from "./insight-context.js"
import type { ParameterMap, ParametersOf } from "./parameter.js"

export type Row = Readonly<Record<string, Json>>

/** The whole answer of an insight, before it is divided into pages. */
export interface InsightTable {
  readonly values: Readonly<Record<string, Json>>
  readonly columns: readonly string[]
  readonly rows: readonly Row[]
  readonly exclusions: readonly InsightExclusion[]
}

/** An insight: what it says it is, and how it is computed from facts. */
export interface InsightDefinition extends InsightDescription {
  readonly name: InsightName
  /** Grows when the same facts and parameters give another answer than before: what was remembered is then computed again. */
  readonly version: number
  readonly takes: ParameterMap
  /** Can be computed from the commits and the people alone, while the rest is still being read. */
  readonly early: boolean
  compute(context: InsightContext, parameters: Readonly<Record<string, Json>>): Promise<InsightTable>
}

/** Declares an insight. Its parameters reach `compute` as what their schemas make of them. */
export function defineInsight<const Takes extends ParameterMap>(
  definition: Omit<InsightDefinition, "compute" | "parameters" | "takes" | "early"> & {
    readonly early?: boolean
    readonly takes: Takes
    /** Without `columns`: all that the definition names. */
    compute(
      context: InsightContext,
      parameters: ParametersOf<Takes>,
    ): Promise<Omit<InsightTable, "columns"> & { readonly columns?: readonly string[] }>
  },
): InsightDefinition {
  const { compute, takes } = definition
  return {
    early: false,
    ...definition,
    parameters: Object.values(takes).map(({ name, about, default: standard }) => ({ name, about, default: standard })),
    async compute(context, parameters) {
      const table = await compute(context, parameters as ParametersOf<Takes>)
      return { columns: Object.keys(definition.columns), ...table }
    },
  }
}
