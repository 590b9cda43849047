/**
 * The name of the program that runs a script, from its first line: `python3` for `#!/usr/bin/env -S python3.12 -u`.
 * `undefined` if there is no such line.
 */
export function interpreterOf(content: Buffer): string | undefined {
  if (content[0] !== 0x23 || content[1] !== 0x21) return undefined
  const end = content.indexOf(10)
  const words = content
    .toString("latin1", 2, Math.min(end === -1 ? content.length : end, 512))
    .trim()
    .split(/\s+/)
  let program = baseName(words.shift())
  if (program === "env") program = baseName(words.find((word) => !word.startsWith("-") && !word.includes("=")))
  return program?.replace(/(\.\d+)+$/, "")
}

function baseName(path: string | undefined): string | undefined {
  const name = path?.slice(path.lastIndexOf("/") + 1)
  return name === "" ? undefined : name
}
