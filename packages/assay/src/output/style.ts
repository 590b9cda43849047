/** Colours, or nothing where they would not be understood. */
export interface Style {
  readonly coloured: boolean
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
  cyan(text: string): string
}

export function createStyle(coloured: boolean): Style {
  const paint =
    (open: number, close: number) =>
    (text: string): string =>
      coloured ? `\u001b[${open}m${text}\u001b[${close}m` : text
  return {
    coloured,
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    cyan: paint(36, 39),
  }
}

export interface ColourOptions {
  stream: { isTTY?: boolean }
  /** Default: that of the process. */
  environment?: Readonly<Record<string, string | undefined>>
  /** `--no-color` was not given. */
  wanted?: boolean
}

/** After the customs of terminals: NO_COLOR, FORCE_COLOR, TERM=dumb, and a flag that says no. */
export function hasColours({ stream, environment = process.env, wanted = true }: ColourOptions): boolean {
  if (!wanted || environment["NO_COLOR"]) return false
  const forced = environment["FORCE_COLOR"]
  if (forced !== undefined && forced !== "") return forced !== "0" && forced !== "false"
  return stream.isTTY === true && environment["TERM"] !== "dumb"
}
