import type { TextLines } from "./text-lines.js"

const linesLookedAt = 5
/** Long lines are data, and long searches. */
const longestLine = 1_000

/**
 * What a line for Emacs or Vim at the beginning or the end of a file says that it is, as it is written there. The first of those for
 * Emacs goes before those for Vim.
 */
export function modelineOf(lines: TextLines): string | undefined {
  const first = lines.first(linesLookedAt)
  // A Vimball is an archive: its modeline is for those who unpack it.
  if (first.some((line) => line.includes("UseVimball"))) return undefined
  const looked = [...first, ...lastLines(lines)].filter(({ length }) => length <= longestLine)
  return findIn(looked, emacsMode) ?? findIn(looked, vimFiletype)
}

function lastLines(lines: TextLines): string[] {
  const ends = lines.at(-1) === "" ? 2 : 1
  return Array.from({ length: linesLookedAt }, (_, at) => lines.at(-ends - at)).reverse()
}

function findIn(lines: readonly string[], read: (line: string) => string | undefined): string | undefined {
  for (const line of lines) {
    const found = read(line)
    if (found !== undefined) return found
  }
  return undefined
}

/** `-*- ruby -*-`, or `-*- tab-width: 2; mode: ruby -*-`. */
function emacsMode(line: string): string | undefined {
  const start = line.indexOf("-*-") + 3
  const end = line.indexOf("-*-", start)
  if (start === 2 || end === -1) return undefined
  const between = line.slice(start, end).trim()
  if (/^[^:;\s]+$/.test(between)) return between
  for (const variable of between.split(";")) {
    const mode = /(?:^|[ \t])mode[ \t]*:[ \t]*([^:;\s]+)/i.exec(variable)?.[1]
    if (mode !== undefined) return mode
  }
  return undefined
}

/** `vim: ts=2 ft=ruby`, or `vi: set ft=ruby :`, which needs its last colon. The last of several options counts, as in Vim. */
function vimFiletype(line: string): string | undefined {
  const options = /(?:(?:^|[ \t])(?:vi|[vV]im(?:[<=>]?\d+)?)|[ \t]ex):(.*)$/.exec(line)?.[1]
  if (options === undefined || (/^[ \t]*set?[ \t]/.test(options) && !options.includes(":"))) return undefined
  let found: string | undefined
  // Words alone are options, too, but text with other signs is text.
  for (const [option] of options.replace(/[ \t]*=/g, "=").matchAll(/(?:\\.|[^\\\s:])+/g)) {
    const [, name, value] = /^(\w*)(?:=(.*))?$/.exec(option) ?? []
    if (name === undefined) return found
    if (/^(?:ft|filetype|syntax)$/.test(name) && value !== undefined && /^\w+$/.test(value)) found = value
  }
  return found
}
