import type { TextLines } from "./text-lines.js"

const longestLine = 512

/**
 * The name of the program that runs a script, from its first line: `python3` for `#!/usr/bin/env -S python3.12 -u`.
 * `undefined` if there is no such line.
 */
export function interpreterOf(lines: TextLines): string | undefined {
  const line = lines.at(0)
  if (!line.startsWith("#!")) return undefined
  const words = line.slice(2, longestLine).trim().split(/\s+/)
  let program = words.shift()
  if (program !== undefined && baseName(program) === "env") {
    while (words.length > 1 && (/^(?:-[i0uCSv]*|--.+)$/.test(words[0]!) || /.=./.test(words[0]!))) words.shift()
    program = words.shift()
  }
  const name = program === undefined ? "" : baseName(program).replace(/\.\d+$/, "")
  if (name === "") return undefined
  // AppleScript's program runs other languages if it is told to.
  if (name === "osascript" && words.some((word) => word.startsWith("-l"))) return undefined
  return name === "sh" ? (executedBy(lines) ?? name) : name
}

/** Some scripts begin as one of the shell's, and go over to the program that they are for: `exec perl -x "$0" "$@"`. */
function executedBy(lines: TextLines): string | undefined {
  for (const line of lines.first(5)) {
    const program = /exec (\w+)[\s"']+\$0[\s"']+\$@/.exec(line.slice(0, longestLine))?.[1]
    if (program !== undefined) return program
  }
  return undefined
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1)
}
