/** What an editor is told of the language in the first lines of a file, or in the last: linguist's first strategy. */
const emacs = /-\*-(?:\s*([\w+#-]+)\s*|.*?(?:\s|;|^)?mode\s*:\s*([\w+#-]+).*?)-\*-/i
const vim = /(?:^|\s)(?:vi|vim|ex)(?:[<=>]?\d+)?:\s*(?:se?t?\s.*?)?.*?\b(?:ft|filetype|syntax)\s*=\s*([\w+#-]+)/i

const linesLookedAt = 5
const longestLine = 500

/** The name in a modeline of Emacs or Vim, as it is written there. Looks at the first and the last five lines. */
export function modelineOf(beginning: Buffer, ending: Buffer): string | undefined {
  const first = beginning.toString("latin1").split("\n", linesLookedAt)
  const last = ending.toString("latin1").split("\n").slice(-linesLookedAt)
  for (const line of [...first, ...last]) {
    // Long lines are data, and long searches.
    if (line.length > longestLine) continue
    const match = line.includes("-*-") ? emacs.exec(line) : /[:=]/.test(line) ? vim.exec(line) : undefined
    const name = match?.[1] ?? match?.[2]
    if (name !== undefined) return name
  }
  return undefined
}
