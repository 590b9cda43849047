import type { SnippetVerification } from "@assay/core"
import type { AnsweredSnippet } from "../answer/answer-schema.js"

export interface Verdict {
  verification: SnippetVerification
  /** Why it is not `verbatim`, for people. */
  remark: string | undefined
}

/** A file as it was read, at the commit that was analysed. */
export interface FileContent {
  bytes: Uint8Array
  /** Only its beginning was read. */
  cutOff: boolean
}

type Place = Pick<AnsweredSnippet, "code" | "lineStart" | "lineEnd">

/**
 * Whether a file says at those lines what a snippet says it does. Bytes are read as UTF-8, without a byte order mark. The way in
 * which lines end (LF or CRLF) and one line break at the end make no difference; everything else does.
 *
 * @param file `undefined` if there is none
 */
export function verifySnippet({ code, lineStart, lineEnd }: Place, file: FileContent | undefined): Verdict {
  if (code === undefined) return unchecked("The answer shows no code for it.")
  const given = unifyLineEnds(code)
  const wanted = given.replace(/\n$/, "")
  if (lineStart === undefined) return unchecked("The answer names no lines.")
  const last = lineEnd ?? lineStart + wanted.split("\n").length - 1
  if (lineStart < 1 || last < lineStart) return unchecked(`There are no lines ${lineStart} to ${last}.`)
  if (!file) return { verification: "missing", remark: "There is no such file at that commit." }

  const whole = unifyLineEnds(new TextDecoder("utf-8").decode(file.bytes))
  const text = whole.replace(/\n$/, "")
  const isBinary = text.slice(0, 8_000).includes("\0")
  const lines = whole === "" ? [] : text.split("\n")
  // The last line of a file that was cut off may be half a line.
  const known = file.cutOff ? lines.length - 1 : lines.length
  const there = lines.slice(lineStart - 1, last).join("\n")
  // Lines that are named may be empty ones.
  if (last <= known && (there === wanted || there === given)) return { verification: "verbatim", remark: undefined }
  if (isBinary) return differs("The file is binary.")

  const elsewhere = findLines(text, wanted)
  if (elsewhere) return differs(`The text is at ${linesFrom(elsewhere.first, elsewhere.last)}.`)
  if (last > known) {
    if (file.cutOff) return unchecked("The file is too large to be read up to those lines.")
    return { verification: "missing", remark: `The file has ${count(known)} only.` }
  }
  if (withoutIndentation(there) === withoutIndentation(wanted)) return differs("Only the indentation is different.")
  return differs(`${linesFrom(lineStart, last, true)} ${last === lineStart ? "says" : "say"} something else.`)
}

function unifyLineEnds(text: string): string {
  return text.replaceAll("\r\n", "\n")
}

/** Where a text stands, as whole lines, for the first time. */
function findLines(text: string, wanted: string): { first: number; last: number } | undefined {
  const at = `\n${text}\n`.indexOf(`\n${wanted}\n`)
  if (at === -1) return undefined
  let first = 1
  for (let end = text.indexOf("\n"); end !== -1 && end < at; end = text.indexOf("\n", end + 1)) first++
  return { first, last: first + wanted.split("\n").length - 1 }
}

/** Moved to the left by as much as all of its lines can be. Lines without content have no indentation. */
function withoutIndentation(text: string): string {
  const lines = text.split("\n")
  const filled = lines.filter((line) => line.trim() !== "")
  let shared = /^[ \t]*/.exec(filled[0] ?? "")?.[0] ?? ""
  for (const line of filled) while (!line.startsWith(shared)) shared = shared.slice(0, -1)
  return lines.map((line) => (line.trim() === "" ? "" : line.slice(shared.length))).join("\n")
}

function linesFrom(first: number, last: number, atStart = false): string {
  const word = first === last ? "line" : "lines"
  const shown = atStart ? word[0]!.toUpperCase() + word.slice(1) : word
  return first === last ? `${shown} ${first}` : `${shown} ${first} to ${last}`
}

const count = (lines: number): string => (lines === 1 ? "1 line" : `${lines} lines`)

const unchecked = (remark: string): Verdict => ({ verification: "unchecked", remark })
const differs = (remark: string): Verdict => ({ verification: "differs", remark })
