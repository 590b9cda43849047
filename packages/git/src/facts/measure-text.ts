export interface TextMeasures {
  /** As `git diff --numstat` against the empty tree says it: a last line without a newline counts. */
  lines: number
  /** Lines with a byte that is not white space. */
  sloc: number
  /** Over the lines that count towards `sloc`: how deeply they are indented, in steps of four columns. */
  indentation: { sum: number; mean: number; /** Of the population. */ sd: number; max: number }
}

const tab = 9
const newline = 10
const space = 32
const columnsPerTab = 4
const columnsPerStep = 4

/**
 * The size of a text, and its indentation complexity after Hindle, Godfrey and Holt, "Reading Beside the Lines" (ICPC 2008):
 * `floor((4 · tabs + spaces) / 4)` of the white space before the first other byte of a line. It needs no parser, and goes with
 * McCabe's complexity.
 */
export function measureText(content: Uint8Array): TextMeasures {
  let lines = 0
  let sloc = 0
  let sum = 0
  let squares = 0
  let max = 0
  let columns = 0
  let blank = true
  const length = content.length
  for (let at = 0; at < length; at++) {
    const byte = content[at]!
    if (byte === newline) {
      lines++
      blank = true
      columns = 0
    } else if (!blank) continue
    else if (byte === space) columns++
    else if (byte === tab) columns += columnsPerTab
    else if (byte > 13 || byte < 9) {
      // Carriage return, vertical tab and form feed are white space, too, but do not indent.
      const depth = Math.floor(columns / columnsPerStep)
      blank = false
      sloc++
      sum += depth
      squares += depth * depth
      if (depth > max) max = depth
    }
  }
  if (length > 0 && content[length - 1] !== newline) lines++
  const mean = sloc === 0 ? 0 : sum / sloc
  // Whole numbers until here, so that the same file has the same deviation wherever it is counted.
  const sd = sloc === 0 ? 0 : Math.sqrt(Math.max(0, squares / sloc - mean * mean))
  return { lines, sloc, indentation: { sum, mean, sd, max } }
}
