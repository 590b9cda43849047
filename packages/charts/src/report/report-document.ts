import type { Insights } from "../insights/insight-table.js"

/** What a report is made of. Nothing in it needs to be there but the name. */
export interface ReportDocument {
  readonly repository: ReportRepository
  /** Insights by name. One that is missing leaves out its section. */
  readonly insights: Insights
  /**
   * Parameters that all insights were asked for with, as they were given, by name: `{ since: "1y" }`. They are told at the top, and
   * where an insight does not have them.
   */
  readonly filters?: Readonly<Record<string, string>> | undefined
  /** When it was made; left out, if it is not given. No clock is read. */
  readonly createdAt?: Date | undefined
}

export interface ReportRepository {
  /** `owner/repo`, or what people call it. */
  readonly name: string
  /** Only `https:` and `http:` become a link. */
  readonly url?: string | undefined
  readonly branch?: string | undefined
  readonly commit?: string | undefined
  readonly committedAt?: Date | string | undefined
}
