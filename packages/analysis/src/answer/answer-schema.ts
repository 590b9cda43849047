import { z } from "zod"

/** A piece of code as an answer names it, before it is looked up. */
export interface AnsweredSnippet {
  nodeId: string
  filePath: string | undefined
  code: string | undefined
  lineStart: number | undefined
  lineEnd: number | undefined
  tags: string[]
  description: string | undefined
}

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String).nullish().catch(undefined)

/** Whole numbers from 1 on, as numbers, as text, or at the front of `10-20`. */
const line = z
  .union([z.number(), z.string().transform((given) => Number(/\d+/.exec(given)?.[0] ?? NaN))])
  .pipe(z.int().min(1).max(2_147_483_647))
  .nullish()
  .catch(undefined)

const range = z
  .union([
    z.number(),
    z.string(),
    z.array(z.union([z.number(), z.string()])),
    z.looseObject({ start: z.union([z.number(), z.string()]), end: z.union([z.number(), z.string()]).optional() }),
  ])
  .transform((given): string => {
    if (Array.isArray(given)) return given.join("-")
    return typeof given === "object" ? `${given.start}-${given.end ?? given.start}` : String(given)
  })
  .nullish()
  .catch(undefined)

const tags = z
  .union([
    z.array(z.unknown()).transform((all) => all.filter((tag) => typeof tag === "string")),
    z.string().transform((all) => all.split(/\s*,\s*/).filter(Boolean)),
  ])
  .nullish()
  .catch(undefined)

/** By the names that agents have used. What matters is strict: it is an object with code, or it names a place. */
const namedSnippet = z
  .looseObject({
    ...{ node_id: text, nodeId: text, id: text },
    ...{ file_path: text, filePath: text, file: text, path: text, filename: text },
    ...{ code: text, content: text, snippet: text, source: text },
    ...{ line_start: line, lineStart: line, start_line: line, startLine: line, line: line },
    ...{ line_end: line, lineEnd: line, end_line: line, endLine: line },
    ...{ lines: range, line_range: range },
    ...{ tags, description: text, explanation: text, summary: text },
  })
  .transform((given, context): Omit<AnsweredSnippet, "nodeId"> & { nodeId: string | undefined } => {
    const nodeId = given.node_id ?? given.nodeId ?? given.id ?? undefined
    const place = readPlace(nodeId)
    const filePath = nonEmpty(given.file_path ?? given.filePath ?? given.file ?? given.path ?? given.filename)
    const code = nonEmpty(given.code ?? given.content ?? given.snippet ?? given.source)
    if (code === undefined && filePath === undefined && place.filePath === undefined) {
      context.addIssue({ code: "custom", message: "a snippet needs code, or the path of a file" })
    }
    const [first, last] = readRange(given.lines ?? given.line_range)
    const lineStart =
      given.line_start ?? given.lineStart ?? given.start_line ?? given.startLine ?? first ?? given.line ?? place.first
    const lineEnd = given.line_end ?? given.lineEnd ?? given.end_line ?? given.endLine ?? last ?? place.last
    return {
      nodeId,
      filePath: filePath ?? place.filePath,
      code,
      lineStart: lineStart ?? undefined,
      lineEnd: lineEnd ?? undefined,
      tags: given.tags ?? [],
      description: given.description ?? given.explanation ?? given.summary ?? undefined,
    }
  })

const snippet = z.union([
  namedSnippet,
  z
    .string()
    .min(1)
    .transform((code) => ({
      ...{ nodeId: undefined, filePath: undefined, code, lineStart: undefined, lineEnd: undefined },
      ...{ tags: [], description: undefined },
    })),
])

/** Members that are not known are kept. */
export const answerSchema = z
  .union([
    z.looseObject({ snippets: z.array(snippet).nullish() }),
    z.array(namedSnippet).transform((snippets) => ({ snippets })),
  ])
  .transform(({ snippets, ...members }) => ({
    snippets: (snippets ?? []).map((each, index): AnsweredSnippet => ({
      ...each,
      nodeId: each.nodeId ?? nameOf(each, index),
    })),
    members: members as Readonly<Record<string, unknown>>,
  }))

function nameOf({ filePath, lineStart, lineEnd }: Omit<AnsweredSnippet, "nodeId">, index: number): string {
  if (filePath === undefined) return `snippet-${index + 1}`
  if (lineStart === undefined) return filePath
  return `${filePath}:${lineStart}-${lineEnd ?? lineStart}`
}

/** `src/app.ts:10-42` names a place as well. */
function readPlace(nodeId: string | undefined): {
  filePath: string | undefined
  first: number | undefined
  last: number | undefined
} {
  const match = /^([^\s:]+):L?(\d+)(?:-L?(\d+))?$/.exec(nodeId ?? "")
  const [first, last] = readRange(match ? `${match[2]}-${match[3] ?? match[2]}` : undefined)
  return { filePath: match?.[1], first, last }
}

function readRange(given: string | null | undefined): [first: number | undefined, last: number | undefined] {
  const numbers = (given?.match(/\d+/g) ?? []).map(Number).filter((number) => number >= 1 && number <= 2_147_483_647)
  return [numbers[0], numbers[1] ?? numbers[0]]
}

function nonEmpty(given: string | null | undefined): string | undefined {
  return given?.trim() ? given : undefined
}
