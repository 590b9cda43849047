/** A fenced block of a Markdown document, as it is written there. */
export interface FencedBlock {
  /** What is said after the opening fence: `sh`, `text`, `js`. */
  readonly language: string
  readonly text: string
  readonly lines: readonly string[]
}

export function fencedBlocks(markdown: string): FencedBlock[] {
  return [...markdown.matchAll(/^```(\S*)\n([^]*?)\n```$/gm)].map(([, language = "", text = ""]) => ({
    language,
    text,
    lines: text.split("\n"),
  }))
}

/** A command of a shell block, whole, and what the document says about it behind a `#`. */
export interface ShownCommand {
  readonly command: string
  readonly remark: string
}

export function shownCommands(block: FencedBlock): ShownCommand[] {
  const joined = block.text.replaceAll(/\\\n\s*/g, "")
  return joined.split("\n").map((line) => {
    const [command = "", remark = ""] = line.split(/\s+# /)
    return { command, remark }
  })
}
