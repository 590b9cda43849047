import { z } from "zod"
import type { Connection } from "../http/connection.js"
import { makeCall } from "../http/make-call.js"
import { withDefaults } from "../http/with-defaults.js"
import type { CallOptions } from "./call-options.js"
import { checkText } from "./check-input.js"

export interface SearchInput extends CallOptions {
  projectId: string
  /** Words, each looked for as part of a text. Not blank. */
  query: string
}

export interface SearchResult {
  nodeId: string
  name: string
  filePath: string
  content: string
  /** `Exact Match` or `Partial Match`. */
  matchType: string
  /** Larger is better; it has no upper bound. */
  relevance: number
}

const body = z.object({
  results: z.array(
    z.object({
      node_id: z.string().catch(""),
      name: z.string().catch(""),
      file_path: z.string().catch(""),
      content: z.string().catch(""),
      match_type: z.string().catch(""),
      relevance: z.number().catch(0),
    }),
  ),
})

export async function search(
  connection: Connection,
  { projectId, query, signal, timeouts }: SearchInput,
): Promise<SearchResult[]> {
  checkText(projectId, "projectId")
  checkText(query, "query")
  const call = {
    method: "POST",
    path: "/api/v2/search",
    body: { project_id: projectId, query },
    harmless: true,
    timeouts: withDefaults(connection.timeouts.calls, timeouts),
    signal,
  }
  const { results } = await makeCall(connection, call, { schema: body })
  return results.map(({ node_id, file_path, match_type, ...result }) => ({
    nodeId: node_id,
    filePath: file_path,
    matchType: match_type,
    ...result,
  }))
}
