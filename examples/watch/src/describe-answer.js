import { printable } from "./printable.js"

const marks = /** @type {Record<string, string>} */ ({ verbatim: "✓", differs: "✗", missing: "✗", unchecked: "?" })
const mostLines = 12

/**
 * The answer, and the code that it rests on: ✓ stands in the repository like that, ✗ does not, ? was not checked.
 *
 * @param {any} data of `analysis_complete`
 */
export function describeAnswer(data) {
  const { analysis_response: response, snippets = [] } = data ?? {}
  const text = typeof response === "string" ? response : JSON.stringify(response ?? null, undefined, 2)
  const parts = snippets.map(describeSnippet)
  const count = (/** @type {string} */ mark) =>
    snippets.filter((/** @type {any} */ { verification }) => (marks[verification] ?? "?") === mark).length
  const total =
    snippets.length === 0
      ? "No snippets."
      : `${snippets.length} snippets: ✓ ${count("✓")} as in the code, ✗ ${count("✗")} not, ? ${count("?")} not checked`
  return ["", "Analysis finished!", "", printable(text), "", ...parts, total].join("\n")
}

/** @param {any} snippet */
function describeSnippet({ node_id: node, file_path: file, line_start: start, line_end: end, code, ...rest }) {
  const { description, verification, remark } = rest
  const place = file ? `${file}${start ? `:${start}${end ? `-${end}` : ""}` : ""}` : node
  const head = `${marks[verification] ?? "?"} ${printable(place)}${description ? `  ${printable(description)}` : ""}`
  const why = remark ? [`  (${printable(remark)})`] : []
  const lines = code ? printable(code).trimEnd().split("\n") : []
  const shown = lines.slice(0, mostLines).map((line) => `    ${line}`)
  const more = lines.length > mostLines ? [`    … ${lines.length - mostLines} more lines`] : []
  return [head, ...why, ...shown, ...more, ""].join("\n")
}
